/** When samples of transport streams are decoded and shown: stretches one behind the other, each track in itself even. */
import { ticksPerSecond } from '../../formats/mpegts/index.ts'
import type { FilmPart } from './film-clock.ts'
import type { StreamUnits } from './stream-units.ts'

/** The units that are delivered, and when, in ticks of the track's `timescale`. */
export interface PlacedUnits {
  readonly timescale: number
  /** Their rows in the columns. */
  readonly rows: Uint32Array
  /** One more than there are units: the last is the end. */
  readonly decodeTimes: Float64Array
  readonly compositionOffsets: Int32Array
  /** Units at times that are not one after the other. */
  readonly dropped: number
}

/** Where a stretch lies in the film, in ticks of 90 kHz. */
export interface PartPlace {
  /** Added to its times. */
  readonly shift: number
  readonly from: number
  /** Audio of the next stretch begins here. */
  readonly until: number
}

/** Audio that begins or ends so much apart from the video is meant. */
const apartTicks = 10 * ticksPerSecond
const defaultRate = 25

interface Range {
  first: number
  end: number
}

/**
 * Places the stretches. Each begins with its first picture and ends with its last one, where there are pictures: what
 * audio is there before and behind was cut through by whoever cut the recording.
 */
export function placeParts(tracks: readonly StreamUnits[], parts: readonly FilmPart[]): readonly PartPlace[] {
  const rootOf = parts.map((_, i) => i)
  for (const [i, { sameAs }] of parts.entries()) if (sameAs !== undefined) rootOf[i] = rootOf[sameAs] ?? i
  const all: (Range | undefined)[] = []
  const pictures: (Range | undefined)[] = []
  const lead = tracks.find(({ type, columns }) => type === 'video' && columns.count > 0)
  for (const track of tracks)
    for (const [root, { first, end }] of rangesOf(track, rootOf)) {
      const range = (all[root] ??= { first, end })
      range.first = Math.min(range.first, first)
      range.end = Math.max(range.end, end)
      if (track === lead) pictures[root] = { first, end }
    }
  const places: PartPlace[] = []
  const last = all.length - 1
  let at = 0
  for (const [root, range] of all.entries()) {
    if (!range) continue
    const shown = pictures[root]
    const start = shown && shown.first - range.first <= apartTicks ? shown.first : range.first
    const isCut = shown && range.end - shown.end <= apartTicks && root < last
    const end = isCut ? shown.end : range.end
    places[root] = { shift: at - start, from: at, until: isCut ? at + end - start : Number.POSITIVE_INFINITY }
    at += end - start
  }
  const nowhere = { shift: 0, from: 0, until: 0 }
  return rootOf.map((root) => places[root] ?? nowhere)
}

/** When the units of a track are shown first and last, by stretch. */
function rangesOf({ columns, configs }: StreamUnits, rootOf: readonly number[]): Map<number, Range> {
  const ranges = new Map<number, Range>()
  for (let i = 0; i < columns.count; i++) {
    const root = rootOf[columns.parts[i] ?? 0] ?? 0
    const { unitTicks, timescale } = configs[columns.configs[i] ?? 0] ?? { timescale: 1 }
    const length = unitTicks ? (unitTicks * ticksPerSecond) / timescale : ticksPerSecond / defaultRate
    const pts = columns.pts[i] ?? Number.NaN
    const range = ranges.get(root)
    if (Number.isNaN(pts)) {
      if (range) range.end += length
    } else if (range) {
      range.first = Math.min(range.first, pts)
      range.end = Math.max(range.end, pts + length)
    } else ranges.set(root, { first: pts, end: pts + length })
  }
  return ranges
}

/** Places the units of a track. */
export const placeUnits = (track: StreamUnits, places: readonly PartPlace[]): PlacedUnits =>
  track.type === 'video' ? placeVideo(track, places) : placeAudio(track, places)

function placeVideo({ columns, configs }: StreamUnits, places: readonly PartPlace[]): PlacedUnits {
  const rows = new Uint32Array(columns.count)
  const decodeTimes = new Float64Array(columns.count + 1)
  const compositionOffsets = new Int32Array(columns.count)
  let count = 0
  let last = Number.NEGATIVE_INFINITY
  let before: PartPlace | undefined
  for (let i = 0; i < columns.count; i++) {
    const place = places[columns.parts[i] ?? 0]
    if (!place) continue
    const pts = (columns.pts[i] ?? 0) + place.shift
    const coded = (columns.dts[i] ?? 0) + place.shift
    if (coded <= last && place === before) continue
    // A stretch may have a longer delay between decoding and showing than the one before.
    const dts = Math.max(coded, last + 1)
    before = place
    last = dts
    rows[count] = i
    decodeTimes[count] = dts
    compositionOffsets[count] = pts - dts
    count++
  }
  const usual = configs[columns.configs[rows[count - 1] ?? 0] ?? 0]?.unitTicks
  const delta = count > 1 ? last - (decodeTimes[count - 2] ?? 0) : 0
  decodeTimes[count] = last + (usual || delta || ticksPerSecond / defaultRate)
  return {
    timescale: ticksPerSecond,
    rows: rows.subarray(0, count),
    decodeTimes: decodeTimes.subarray(0, count + 1),
    compositionOffsets: compositionOffsets.subarray(0, count),
    dropped: columns.count - count,
  }
}

/** Frames follow one another at their own length: only a time that differs by more than half a frame moves them. */
function placeAudio({ columns, configs }: StreamUnits, places: readonly PartPlace[]): PlacedUnits {
  const timescale = configs[columns.configs[0] ?? 0]?.timescale ?? ticksPerSecond
  const rows = new Uint32Array(columns.count)
  const decodeTimes = new Float64Array(columns.count + 1)
  const ticks = (of90k: number): number => (of90k * timescale) / ticksPerSecond
  let count = 0
  let dropped = 0
  let end = Number.NEGATIVE_INFINITY
  let expected: number | undefined
  for (let i = 0; i < columns.count; i++) {
    const place = places[columns.parts[i] ?? 0]
    const config = configs[columns.configs[i] ?? 0]
    if (!place || !config) continue
    const length = Math.round(((config.unitTicks ?? 0) * timescale) / config.timescale)
    const pts = columns.pts[i] ?? Number.NaN
    if (!Number.isNaN(pts)) {
      const told = ticks(pts + place.shift)
      if (expected === undefined || Math.abs(told - expected) > length / 2) expected = Math.round(told)
    }
    if (expected === undefined) continue
    const at = expected
    expected += length
    if (expected <= ticks(place.from) || at >= ticks(place.until)) continue
    if (at < end - length / 2) {
      dropped++
      continue
    }
    const start = Math.max(at, end)
    rows[count] = i
    decodeTimes[count] = start
    end = start + length
    count++
  }
  decodeTimes[count] = end
  return {
    timescale,
    rows: rows.subarray(0, count),
    decodeTimes: decodeTimes.subarray(0, count + 1),
    compositionOffsets: new Int32Array(0),
    dropped,
  }
}
