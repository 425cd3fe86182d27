/** HTTP Basic (RFC 7617) for packagers that cannot sign. */
import { HeadendError } from '../../errors.ts'
import { isSameText } from '../../platform/crypto/same-text.ts'

/** A name and password that opens the key server. */
export interface SpekeUser {
  readonly username: string
  readonly password: string
}

/** The user name in a valid Authorization header; throws SPEKE_AUTHORIZATION (401) for anything else. */
export function basicUser(header: string | undefined, users: readonly SpekeUser[]): string {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) throw refused('expected HTTP Basic')
  const sent = Buffer.from(encoded, 'base64').toString()
  const user = users.find(({ username, password }) => isSameText(sent, `${username}:${password}`))
  if (user) return user.username
  throw refused('expected the name and password of the key server')
}

const refused = (text: string): HeadendError =>
  new HeadendError('SPEKE_AUTHORIZATION', `Authorization: ${text}`, { status: 401 })
