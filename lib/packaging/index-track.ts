/** Turns a track and its cuts into segments, their sample index and an init segment. */
import { HeadendError } from '../errors.ts'
import { writeInit } from '../formats/isobmff/init.ts'
import { type Fragment, segmentLength } from '../formats/isobmff/segment.ts'
import type { ByteRange } from '../timeline/placement.ts'
import type { Segment, TrackConfig } from '../timeline/timeline.ts'
import type { SampleCut } from './cut-sound.ts'
import type { FilmTrack } from './film-track.ts'
import { frameRateOf } from './frame-rate.ts'
import type { IndexedSegment } from './sample-index.ts'
import { isSync, type ShownSamples, sampleDuration } from './shown-samples.ts'

/** One track, ready to be stored. */
export interface IndexedTrack {
  readonly config: TrackConfig
  readonly segments: readonly Segment[]
  readonly indexed: readonly (IndexedSegment & { readonly cut: number; readonly bytes: number })[]
  readonly init: Uint8Array
}

/** The only config of a track whose samples share one description. */
const configId = '1'
/** A film without key frames would make one segment of it all; nobody could hold or play that. */
const largestSegment = 128 * 2 ** 20

/** `trackId` is what the segments call it; the cuts' last one is the end. */
export function indexTrack(
  track: FilmTrack,
  shown: ShownSamples,
  { cuts, trackId }: { readonly cuts: readonly SampleCut[]; readonly trackId: number },
): IndexedTrack {
  const segments: Segment[] = []
  const indexed: (IndexedSegment & { cut: number; bytes: number })[] = []
  for (const [i, cut] of cuts.entries()) {
    const next = cuts[i + 1]
    if (!next) break
    const number = i + 1
    const span = { from: cut.sample, to: next.sample }
    const fragment = fragmentOf(track, shown, { ...span, sequence: number, trackId })
    const bytes = segmentLength(fragment).totalBytes
    if (bytes > largestSegment)
      throw new HeadendError(
        'PACKAGING_SEGMENT_LARGE',
        `track ${track.trackId}: expected segments of at most ${largestSegment} bytes, got ${bytes} between two key frames; ` +
          'encode it with a key frame every few seconds',
      )
    indexed.push({ fragment, extents: extentsOf(track, span), cut: 0, bytes })
    segments.push({
      number,
      cut: 0,
      start: cut.start,
      duration: next.start - cut.start,
      bytes,
      configId,
      sync: isSync(track, cut.sample),
      gap: 'none',
      discontinuity: false,
    })
  }
  const config = configOf(track, shown)
  return { config, segments, indexed, init: initOf(track, shown, { trackId, config }) }
}

interface Span {
  readonly from: number
  readonly to: number
}

function fragmentOf(
  track: FilmTrack,
  shown: ShownSamples,
  { from, to, sequence, trackId }: Span & Pick<Fragment, 'sequence' | 'trackId'>,
): Fragment {
  const { samples } = track
  const durations = new Uint32Array(to - from)
  for (let i = from; i < to; i++) durations[i - from] = sampleDuration(track, i)
  const offsets = offsetsOf(track, shown, { from, to })
  const sync = samples.sync?.subarray(from, to)
  return {
    sequence,
    trackId,
    decodeTime: (samples.decodeTimes[from] ?? 0) + shown.decodeShift,
    sizes: samples.sizes.subarray(from, to),
    durations,
    ...(offsets && { compositionOffsets: offsets }),
    ...(sync?.includes(0) && { sync }),
  }
}

/** The shift an edit list made for reordered pictures goes into the offsets, which may be negative. */
function offsetsOf(
  track: FilmTrack,
  { compositionShift }: ShownSamples,
  { from, to }: Span,
): Int32Array | undefined {
  const stored = track.samples.compositionOffsets
  if (!stored && compositionShift === 0) return undefined
  const offsets = new Int32Array(to - from)
  let any = false
  for (let i = from; i < to; i++) {
    const offset = (stored?.[i] ?? 0) - compositionShift
    if (offset < -(2 ** 31) || offset >= 2 ** 31)
      throw new HeadendError(
        'MP4_EDIT_RANGE',
        `track ${track.trackId}: expected an edit within 2^31 ticks of its samples, got ${offset} at sample ${i + 1}`,
      )
    offsets[i - from] = offset
    if (offset !== 0) any = true
  }
  return any ? offsets : undefined
}

/** Where the samples lie, neighbours joined. */
function extentsOf({ samples }: FilmTrack, { from, to }: Span): ByteRange[] {
  const extents: ByteRange[] = []
  let offset = -1
  let length = 0
  for (let i = from; i < to; i++) {
    const at = samples.offsets[i] ?? 0
    const size = samples.sizes[i] ?? 0
    if (size === 0) continue
    if (at !== offset + length) {
      if (length > 0) extents.push({ offset, length })
      offset = at
      length = 0
    }
    length += size
  }
  if (length > 0) extents.push({ offset, length })
  return extents
}

function configOf(track: FilmTrack, shown: ShownSamples): TrackConfig {
  const { codec } = track
  if (codec.type === 'audio')
    return { id: configId, codec: codec.name, sampleRate: codec.sampleRate, channels: codec.channels }
  const frameRate = frameRateOf(track, shown)
  return {
    id: configId,
    codec: codec.name,
    width: codec.width,
    height: codec.height,
    ...(codec.pixelAspect && { pixelAspect: codec.pixelAspect }),
    ...(frameRate && { frameRate }),
    videoRange: codec.range,
  }
}

function initOf(
  track: FilmTrack,
  shown: ShownSamples,
  { trackId, config }: { readonly trackId: number; readonly config: TrackConfig },
): Uint8Array {
  const [frames, seconds] = config.frameRate ?? [0, 1]
  const brand = track.codec.brand(frames / seconds)
  return writeInit({
    type: track.type,
    trackId,
    timescale: track.timescale,
    ...(track.mdhdLanguage && { language: track.mdhdLanguage }),
    ...(track.languageTag && { languageTag: track.languageTag }),
    width: track.width,
    height: track.height,
    matrix: track.matrix,
    sampleEntry: track.codec.sampleEntry,
    ...(brand && { brand }),
    mediaStart: shown.mediaStart,
  })
}
