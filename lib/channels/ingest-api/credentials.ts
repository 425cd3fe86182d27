/** By what encoders show that they may send to a channel: its id as name, and a password that is kept as a digest. */
import { sha256Hex } from '../../platform/crypto/digest.ts'
import { isSameText } from '../../platform/crypto/same-text.ts'

/** Passwords of a channel. They are random and long, so that a plain digest gives none of them away. */
export interface FeedCredentials {
  readonly channelId: string
  /** Increases with each change. */
  readonly revision: number
  /** SHA-256 in hex, the latest last: two, so that encoders are moved to a new one without a gap. */
  readonly digests: readonly string[]
}

const maxPasswords = 2

/** A new password: 24 random bytes. */
export const newPassword = (randomBytes: (length: number) => Uint8Array): string =>
  Buffer.from(randomBytes(24)).toString('base64url')

/** The credentials with one more password, without the one before the last. */
export const withPassword = (
  channelId: string,
  before: FeedCredentials | undefined,
  password: string,
): FeedCredentials => ({
  channelId,
  revision: (before?.revision ?? 0) + 1,
  digests: [...(before?.digests ?? []), digestOf(password)].slice(-maxPasswords),
})

/** Whether `name:password` opens the channel. */
export function opens(sent: string, credentials: FeedCredentials): boolean {
  const name = `${credentials.channelId}:`
  if (!sent.startsWith(name)) return false
  const digest = digestOf(sent.slice(name.length))
  return credentials.digests.some((known) => isSameText(digest, known))
}

const digestOf = (password: string): string => sha256Hex(Buffer.from(password))
