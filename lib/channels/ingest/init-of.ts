/**
 * Fragments are read with the init segment of their name. An encoder that restarts sends another one by that name, at
 * once with its first segment: which of the two is taken first, nobody knows.
 */
import { HeadendError } from '../../errors.ts'
import { type CuttableTrack, readFeedSegment } from '../../packaging/index.ts'
import { realPauses } from '../../platform/retry.ts'
import type { FeedObject, FeedPorts } from './ports.ts'
import { initFor } from './stream-name.ts'

/** How often its init segment is looked for: an encoder writes both at once, and they are taken side by side. */
const initTries = 20
const initPauseMs = 250

/** What was read of fragments. */
interface WithInit {
  readonly tracks: readonly CuttableTrack[]
  /** Whether another init segment has come in the place of theirs. */
  readonly isOutdated: () => Promise<boolean>
}

/** Reads an object with its init segment; undefined if none of its name comes. */
export async function readWithInit(ports: FeedPorts, object: FeedObject): Promise<WithInit | undefined> {
  const { path, bytes } = object
  const key = await initKey(ports, object)
  const init = key === undefined ? undefined : await ports.object(key)
  if (!init) return undefined
  const read = async (used: string | undefined, head: Uint8Array): Promise<WithInit> => ({
    tracks: await readFeedSegment(path, head, bytes),
    isOutdated: async () => (await initKeyNow(ports, object)) !== used,
  })
  try {
    return await read(key, init)
  } catch (error) {
    if (!(error instanceof HeadendError) || error.code !== 'MP4_TRACK_UNKNOWN') throw error
    const next = await initKey(ports, object, key)
    const other = next === undefined ? undefined : await ports.object(next)
    if (!other) throw error
    return read(next, other)
  }
}

/** Where its init segment lies, as soon as it has come; another one than `except`. */
async function initKey(ports: FeedPorts, object: FeedObject, except?: string): Promise<string | undefined> {
  const { sleep } = ports.pauses ?? realPauses
  for (let turn = 0; turn < initTries; turn++) {
    if (turn > 0) await sleep(initPauseMs)
    const key = await initKeyNow(ports, object)
    if (key !== undefined && key !== except) return key
  }
  return undefined
}

async function initKeyNow(
  { live }: Pick<FeedPorts, 'live'>,
  { channelId, path }: FeedObject,
): Promise<string | undefined> {
  const inits = await live.inits(`live/${channelId}`)
  const found = initFor(path, [...inits.keys()])
  return found === undefined ? undefined : inits.get(found)
}
