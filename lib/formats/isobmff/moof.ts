/** Reads a MovieFragmentBox (ISO/IEC 14496-12 8.8.4). */
import { type Box, boxes, children, need } from './box.ts'
import { readMfhd } from './mfhd.ts'
import { readTfdt } from './tfdt.ts'
import { readTfhd, type TrackFragmentHeader } from './tfhd.ts'
import { readTrun, type TrackRun } from './trun.ts'

/** A fragment. */
export interface MovieFragment {
  /** Offset of the `moof` in the data. */
  readonly at: number
  readonly sequence: number
  readonly tracks: readonly TrackFragment[]
}

/** The part of a fragment for one track. */
export interface TrackFragment {
  readonly header: TrackFragmentHeader
  /** Absent if not stated. */
  readonly decodeTime?: number
  readonly runs: readonly TrackRun[]
}

/** Reads it. */
export function readMoof(box: Box): MovieFragment {
  const mfhd = need(children(box), 'mfhd', box)
  const trafs = [...boxes(box.body)].filter((child) => child.type === 'traf')
  return { at: box.at, sequence: readMfhd(mfhd), tracks: trafs.map(readTraf) }
}

function readTraf(box: Box): TrackFragment {
  const found = children(box)
  const tfdt = found.get('tfdt')
  return {
    header: readTfhd(need(found, 'tfhd', box)),
    ...(tfdt && { decodeTime: readTfdt(tfdt) }),
    runs: [...boxes(box.body)].filter((child) => child.type === 'trun').map(readTrun),
  }
}
