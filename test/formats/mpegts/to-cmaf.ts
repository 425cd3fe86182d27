/** Transport streams written as CMAF, one file a track, for other programs to judge. */
import { writeInit, writeSegmentHead } from '../../../lib/formats/isobmff/index.ts'
import {
  createUnitReader,
  type ElementaryTrack,
  elementaryTracks,
  trackFragment,
  trackInit,
  type UnitReaderOptions,
} from '../../../lib/formats/mpegts/index.ts'

/** Its tracks, with times from 0 on, and the codes of what was wrong. */
export function tracksOf(bytes: Uint8Array, options: UnitReaderOptions = {}) {
  const reader = createUnitReader(options)
  const events = [...reader.push(bytes), ...reader.end()]
  const units = events.flatMap((event) => (event.type === 'unit' ? [event.unit] : []))
  const program = events.findLast((event) => event.type === 'program')?.program ?? { streams: [] }
  const originTicks = Math.min(...units.map(({ dtsTicks = Number.POSITIVE_INFINITY }) => dtsTicks))
  const made = elementaryTracks(units, program, { originTicks })
  return { ...made, units, events, originTicks, counts: Object.fromEntries(reader.problems) }
}

/** A file of one track: header, one segment. */
export function fileOf(track: ElementaryTrack): Uint8Array {
  const { head } = writeSegmentHead(trackFragment(track, { sequence: 1, trackId: 1 }))
  const init = writeInit(trackInit(track, 1))
  return Uint8Array.from(Buffer.concat([init, head, ...track.samples.map(({ bytes }) => bytes)]))
}
