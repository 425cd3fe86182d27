/** HTTP Basic (RFC 7617) for packagers that cannot sign. */
import { HeadendError } from '../../errors.ts'
import { isSameText } from '../../platform/crypto/same-text.ts'
import { basicCredentials } from '../../platform/http/basic.ts'

/** A name and password that opens the key server. */
export interface SpekeUser {
  readonly username: string
  readonly password: string
}

/** The user name in a valid Authorization header; throws SPEKE_AUTHORIZATION (401) for anything else. */
export function basicUser(header: string | undefined, users: readonly SpekeUser[]): string {
  const sent = basicCredentials(header)
  if (sent === undefined) throw refused('expected HTTP Basic')
  const user = users.find(({ username, password }) => isSameText(sent, `${username}:${password}`))
  if (user) return user.username
  throw refused('expected the name and password of the key server')
}

const refused = (text: string): HeadendError =>
  new HeadendError('SPEKE_AUTHORIZATION', `Authorization: ${text}`, { status: 401 })
