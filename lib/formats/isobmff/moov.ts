/** MovieBox (ISO/IEC 14496-12 8.2.1). */
import { HeadendError } from '../../errors.ts'
import { type Box, boxes, need } from './box.ts'
import { readMehd } from './mehd.ts'
import { readMvhd } from './mvhd.ts'
import { readTrex, type TrackDefaults } from './trex.ts'

/** A movie; its tracks are unparsed boxes, so that one broken track does not affect the others. */
export interface Movie {
  readonly timescale: number
  /** The duration of the longest track, fragments included, in the movie's timescale; 0 if not stated. */
  readonly duration: number
  readonly traks: readonly Box[]
  /** Defaults of movie fragments; absent if the file has none. */
  readonly fragmentDefaults?: readonly TrackDefaults[]
}

/** Reads it. */
export function readMoov(box: Box): Movie {
  const all = [...boxes(box.body)]
  if (all.some((child) => child.type === 'cmov'))
    throw new HeadendError(
      'MP4_MOOV_COMPRESSED',
      `moov: expected one that can be read, got a compressed one (cmov) at ${box.at}; save the film without compressing its header`,
    )
  const { timescale, duration } = readMvhd(
    need(new Map(all.map((child) => [child.type, child])), 'mvhd', box),
  )
  const mvex = all.find((child) => child.type === 'mvex')
  const extended = mvex ? [...boxes(mvex.body)] : []
  const mehd = extended.find((child) => child.type === 'mehd')
  return {
    timescale,
    duration: Math.max(duration, mehd ? readMehd(mehd) : 0),
    traks: all.filter((child) => child.type === 'trak'),
    ...(mvex && {
      fragmentDefaults: extended.filter((child) => child.type === 'trex').map(readTrex),
    }),
  }
}
