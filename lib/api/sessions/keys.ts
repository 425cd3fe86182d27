/** Session signing keys: the current one, and the end of validity of earlier ones. */
import { HeadendError } from '../../errors.ts'
import { currentKeyEntry, keyEndEntry, keyEntry } from '../../platform/aws/edge-entries.ts'
import { maxSessionSeconds } from '../schemas.ts'
import type { SessionStore } from './store.ts'
import type { SigningKey } from './token.ts'

/** The time for which warm functions go on signing with the previous key after a rotation. */
export const cachedKeyMs = 60_000
const firstKid = '1'
/** A key outlives every session it may have signed, and differences between clocks. */
const slackSeconds = 600

/** Ports for managing keys. */
export interface KeyParts {
  readonly sessions: SessionStore
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
}

/** The current signing key, created if there is none yet. */
export async function signingKey(parts: KeyParts): Promise<SigningKey> {
  const kid = await currentKid(parts)
  return { kid, hex: await parts.sessions.once(keyEntry(kid), () => newKey(parts)) }
}

/** A new key, and the end of the previous one. */
export interface Rotation {
  readonly kid: string
  /** The previous key, which opens sessions until then. */
  readonly before: { readonly kid: string; readonly untilEpochSeconds: number }
}

const maxTurns = 5

/** Rotates the signing key; throws SESSION_KEYS_RACE (503) if others keep doing so at the same time. */
export async function rotateKeys(parts: KeyParts): Promise<Rotation> {
  const { sessions, now } = parts
  for (let turn = 0; turn < maxTurns; turn++) {
    const before = await currentKid(parts)
    const kid = String(Number(before) + 1)
    const untilEpochSeconds = Math.ceil(now() / 1000) + maxSessionSeconds + slackSeconds
    const hex = newKey(parts)
    const names = [currentKeyEntry, keyEntry(kid), keyEndEntry(before)]
    const changed = await sessions.edit(names, (found) =>
      found.get(currentKeyEntry) === before
        ? new Map([
            [currentKeyEntry, kid],
            [keyEntry(kid), hex],
            [keyEndEntry(before), String(untilEpochSeconds)],
          ])
        : new Map(),
    )
    if (changed.has(currentKeyEntry)) return { kid, before: { kid: before, untilEpochSeconds } }
  }
  throw new HeadendError(
    'SESSION_KEYS_RACE',
    'session keys: others rotate them at the same time; try again',
    {
      status: 503,
    },
  )
}

const currentKid = ({ sessions }: KeyParts): Promise<string> => sessions.once(currentKeyEntry, () => firstKid)

const newKey = ({ randomBytes }: KeyParts): string => Buffer.from(randomBytes(32)).toString('hex')
