/** Clear Key messages (W3C Encrypted Media Extensions 9.1.3 and 9.1.4): JSON, key IDs and keys in base64url. */
import * as z from 'zod'
import { HeadendError } from '../../errors.ts'
import type { ContentKey } from '../keys/open-key.ts'

/** More keys than any player's session requests at once. */
export const maxKids = 64

const requestSchema = z.object({
  kids: z.array(z.string()).min(1).max(maxKids),
  // Some players omit it and mean temporary.
  type: z.string().default('temporary'),
})

/** Kids of a licence request, 32 hex digits each, without duplicates; refuses all but temporary licences. */
export function readClearKeyRequest(body: Uint8Array): string[] {
  const { success, data } = requestSchema.safeParse(parsed(body))
  if (!success)
    throw new HeadendError(
      'LICENCE_REQUEST',
      `Clear Key request: expected JSON with 1 to ${maxKids} kids, got ${body.length} bytes that are not`,
    )
  if (data.type !== 'temporary')
    throw new HeadendError('LICENCE_TYPE', 'a Clear Key licence is temporary: it is not to be stored', {
      status: 403,
    })
  return [...new Set(data.kids.map(kidHex))]
}

/** Serializes the licence as a JWK set. */
export function printClearKeyLicence(keys: readonly ContentKey[]): string {
  return JSON.stringify({
    keys: keys.map(({ kid, key }) => ({
      kty: 'oct',
      kid: base64url(Buffer.from(kid, 'hex')),
      k: base64url(key),
    })),
    type: 'temporary',
  })
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

function kidHex(text: string): string {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== 16 || !/^[A-Za-z0-9_+/-]{22}(==)?$/.test(text))
    throw new HeadendError(
      'LICENCE_REQUEST',
      `Clear Key request: expected kids of 16 bytes in base64url, got one of ${text.length} characters`,
    )
  return bytes.toString('hex')
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}
