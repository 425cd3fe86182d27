/** HTTP Basic (RFC 7617): `name:password` of an Authorization header; undefined for anything else. */
export function basicCredentials(header: string | undefined): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1]
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString()
}

/** What a server asks for by 401. */
export const basicChallenge = 'Basic realm="headend", charset="UTF-8"'
