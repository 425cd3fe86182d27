/** Encrypted media: init segments with the current key, and segments encrypted on request. */
import { type ErrorCode, HeadendError, retold } from '../../errors.ts'
import type { MediaName } from '../../timeline/media-path.ts'
import type { TrackPlacement } from '../../timeline/placement.ts'
import type { PackagerState } from './caches.ts'
import {
  partOf,
  protectedInit,
  protectedSegment,
  type SegmentToProtect,
} from './encryption/protected-media.ts'
import { storedContent } from './find-clear.ts'
import { clearInit, configAt, initAt, locateSegment, unlocatable } from './locate.ts'
import type { Content } from './media-answer.ts'
import { Refusal } from './refusal.ts'

/** Encrypted media requested by a path. */
export interface ProtectedMedia extends Pick<SegmentToProtect, 'encryption' | 'rule'> {
  readonly name: MediaName
  readonly path: string
  readonly track: TrackPlacement
}

/** Encrypts the whole segment even for a range request: the length of its head follows only from its samples. */
export async function findProtected(
  state: PackagerState,
  { name, path, track, encryption, rule }: ProtectedMedia,
): Promise<Content | undefined> {
  const { reader, rights, aes, buffers } = state
  const { part, timelineId } = name
  const type = track.type === 'audio' ? 'audio' : 'video'
  if (part.kind === 'webvtt') return undefined
  const located = part.kind === 'segment' ? await locateSegment(state, track, part) : undefined
  const configId = part.kind === 'init' ? part.configId : configAt(track, part.number)
  const object = initAt(track, configId)
  if (!object || (part.kind === 'segment' && !located)) return undefined
  try {
    const { label } = encryption
    const keyOf = (period: number) => rights.key({ contentId: timelineId, period, label })
    const [key, init] = await Promise.all([keyOf(encryption.period), clearInit(state, object)])
    if (part.kind === 'init') return storedContent(protectedInit({ aes, init, type, encryption, key }))
    if (located?.locator.kind !== 'extents') throw unlocatable(located?.locator)
    const { number } = part
    const { locator } = located
    const { pieces, giveBack } = await protectedSegment({
      reader,
      memory: buffers,
      aes,
      name,
      number,
      type,
      encryption,
      rule,
      locator,
      init,
      key,
      keyOf,
    })
    return {
      length: pieces.reduce((sum, { length }) => sum + length, 0),
      body: async (from, until) => ({ body: partOf(pieces, from, until) }),
      giveBack,
    }
  } catch (error) {
    if (error instanceof HeadendError && isRefusal.has(error.code))
      throw new Refusal(...retold(error, `${path}: ${error.message}`))
    throw error
  }
}

/** Errors that are the requester's; all others are headend's. */
const isRefusal: ReadonlySet<ErrorCode> = new Set(['KEY_UNKNOWN', 'MEDIA_PROTECTION', 'PROTECTION_CODEC'])
