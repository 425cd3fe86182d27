/** Encrypted media: init segments with the current key, and segments encrypted on request. */
import { type ErrorCode, HeadendError, retold } from '../../errors.ts'
import type { MediaName } from '../../timeline/media-path.ts'
import type { TrackPlacement } from '../../timeline/placement.ts'
import type { PackagerState } from './caches.ts'
import { type ClearSegment, scatteredSegment, storedSegment } from './encryption/clear-segment.ts'
import {
  partOf,
  protectedInit,
  protectedSegment,
  type SegmentToProtect,
} from './encryption/protected-media.ts'
import { storedContent } from './find-clear.ts'
import { clearInit, configAt, initAt, locateSegment, type SegmentName, unlocatable } from './locate.ts'
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
  const { rights, aes } = state
  const { part, timelineId } = name
  const type = track.type === 'audio' ? 'audio' : 'video'
  if (part.kind === 'webvtt') return undefined
  const segment = part.kind === 'segment' ? await clearSegment(state, track, part) : undefined
  if (part.kind === 'segment' && !segment) return undefined
  const configId = part.kind === 'init' ? part.configId : (segment?.configId ?? configAt(track, part.number))
  const object = initAt(track, configId)
  if (!object) return undefined
  try {
    const { label } = encryption
    const keyOf = (period: number) => rights.key({ contentId: timelineId, period, label })
    const [key, init] = await Promise.all([keyOf(encryption.period), clearInit(state, object)])
    if (!segment) return storedContent(protectedInit({ aes, init, type, encryption, key }))
    const { pieces, giveBack } = await protectedSegment({
      aes,
      name,
      segment,
      type,
      encryption,
      rule,
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

/** Undefined if the track has no such segment. */
async function clearSegment(
  state: PackagerState,
  track: TrackPlacement,
  part: SegmentName,
): Promise<ClearSegment | undefined> {
  const { locator } = (await locateSegment(state, track, part)) ?? {}
  const { reader, buffers: memory } = state
  switch (locator?.kind) {
    case undefined:
      return undefined
    case 'extents':
      return scatteredSegment({ reader, memory }, locator, part.number)
    case 'object':
    case 'keyFrame': {
      const { key } = locator.object
      const { bytes, facts } = await reader.described(locator.object)
      const keyFrameOnly = locator.kind === 'keyFrame'
      return storedSegment(key, { bytes, config: facts['config'] }, { ...part, keyFrameOnly })
    }
    case 'range': {
      const { object, range } = locator
      return storedSegment(object.key, { bytes: await reader.piece(object, range) }, part)
    }
    case 'url':
      throw unlocatable(locator)
  }
}

/** Errors that are the requester's; all others are headend's. */
const isRefusal: ReadonlySet<ErrorCode> = new Set(['KEY_UNKNOWN', 'MEDIA_PROTECTION', 'PROTECTION_CODEC'])
