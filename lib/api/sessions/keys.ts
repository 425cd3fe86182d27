/** Keys that sign sessions: which one does from now on, and until when those before it still open what they signed. */
import { HeadendError } from '../../errors.ts'
import { currentKeyEntry, keyEndEntry, keyEntry } from '../../platform/aws/edge-entries.ts'
import { maxSessionSeconds } from '../schemas.ts'
import type { SessionStore } from './store.ts'
import type { SigningKey } from './token.ts'

/** Warm functions sign with the key before for as long as this after a change. */
export const cachedKeyMs = 60_000
const firstKid = '1'
/** A key outlasts every session it may have signed, and clocks that differ. */
const slackSeconds = 600

/** What making keys takes. */
export interface KeyParts {
  readonly sessions: SessionStore
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
}

/** The key that signs now, made where there is none yet. */
export async function signingKey(parts: KeyParts): Promise<SigningKey> {
  const kid = await currentKid(parts)
  return { kid, hex: await parts.sessions.once(keyEntry(kid), () => newKey(parts)) }
}

/** A key and when it signs or opens no more. */
export interface Rotation {
  readonly kid: string
  /** The one before, which opens sessions until then. */
  readonly before: { readonly kid: string; readonly untilEpochSeconds: number }
}

const maxTurns = 5

/** Makes a new key the one that signs; throws SESSION_KEYS_RACE (503) where others do so at the same time. */
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
