/** The samples of movie fragments, with all defaults resolved (ISO/IEC 14496-12 8.8.7, 8.8.8). */
import { HeadendError } from '../../errors.ts'
import type { MovieFragment } from './moof.ts'
import type { TrackDefaults } from './trex.ts'

/** One sample with its position and times. */
export interface FragmentSample {
  readonly trackId: number
  readonly description: number
  readonly decodeTime: number
  readonly presentationTime: number
  readonly duration: number
  readonly size: number
  /** Offset in the data the `moof` was read from. */
  readonly offset: number
  readonly sync: boolean
}

/** Flag of a sample that depends on others (8.8.3.1). */
export const nonSyncBit = 0x10000

/** All samples in order. `decodeTimes` has the current time of tracks whose fragments lack `tfdt`, and is advanced. */
export const fragmentSamples = (
  fragment: MovieFragment,
  defaults: readonly TrackDefaults[],
  decodeTimes: Map<number, number> = new Map(),
): FragmentSample[] => [...eachFragmentSample(fragment, defaults, decodeTimes)]

/** Yields the samples one by one: a run without columns may declare millions in a few bytes. */
export function* eachFragmentSample(
  fragment: MovieFragment,
  defaults: readonly TrackDefaults[],
  decodeTimes: Map<number, number>,
): Generator<FragmentSample> {
  let previousEnd = fragment.at
  for (const { header, decodeTime, runs } of fragment.tracks) {
    const trex = defaults.find((one) => one.trackId === header.trackId)
    if (!trex)
      throw new HeadendError(
        'MP4_TRACK_UNKNOWN',
        `tfhd: expected a track the moov knows, got ${header.trackId} in the moof at ${fragment.at}`,
      )
    const base = header.baseOffset ?? (header.baseIsMoof ? fragment.at : previousEnd)
    let time = decodeTime ?? decodeTimes.get(header.trackId) ?? 0
    let offset = base
    for (const run of runs) {
      if (run.dataOffset !== undefined) offset = base + run.dataOffset
      for (let i = 0; i < run.count; i++) {
        const duration = run.durations?.[i] ?? header.duration ?? trex.duration
        const size = run.sizes?.[i] ?? header.size ?? trex.size
        const first = i === 0 ? run.firstFlags : undefined
        const flags = run.flags?.[i] ?? first ?? header.flags ?? trex.flags
        yield {
          trackId: header.trackId,
          description: header.description ?? trex.description,
          decodeTime: time,
          presentationTime: time + (run.compositionOffsets?.[i] ?? 0),
          duration,
          size,
          offset,
          sync: (flags & nonSyncBit) === 0,
        }
        time += duration
        offset += size
      }
    }
    previousEnd = offset
    decodeTimes.set(header.trackId, time)
  }
}
