/** Turns a track and its cuts into segments, their sample index and an init segment. */
import { HeadendError } from '../../errors.ts'
import { type Codec, type Fragment, segmentLength, writeInit } from '../../formats/isobmff/index.ts'
import type { ByteRange } from '../../timeline/placement.ts'
import type { Segment, TrackConfig } from '../../timeline/timeline.ts'
import type { SourceTrack } from '../reading/source-track.ts'
import type { IndexedSegment } from '../storage/sample-index.ts'
import type { SampleCut } from './cut-audio.ts'
import { decodedInTime, reorderTicks } from './decode-times.ts'
import { type EditedSamples, isSync, presentationTime, sampleDuration } from './edited-samples.ts'
import { frameRateOf, shortFramesOf } from './frame-rate.ts'
import { audioFacts, videoFacts } from './track-config.ts'

/** One track, ready to be stored. */
export interface IndexedTrack {
  /** Decoder configurations in order of use, each with its init segment. */
  readonly configs: readonly { readonly config: TrackConfig; readonly init: Uint8Array }[]
  readonly segments: readonly Segment[]
  readonly indexed: readonly (IndexedSegment & { readonly cut: number; readonly bytes: number })[]
}

/** Without key frames a film would be one segment, too large to hold or play. */
const largestSegment = 128 * 2 ** 20

/** `trackId` is the one used in the segments; the last cut is the end. */
export function indexTrack(
  track: SourceTrack,
  shown: EditedSamples,
  { cuts, trackId }: { readonly cuts: readonly SampleCut[]; readonly trackId: number },
): IndexedTrack {
  const told = configsOf(track, shown, cuts)
  const reorder = track.type === 'video' ? reorderTicks(track, shown) : 0
  const segments: Segment[] = []
  const indexed: (IndexedSegment & { cut: number; bytes: number })[] = []
  for (const [i, cut] of cuts.entries()) {
    const next = cuts[i + 1]
    if (!next) break
    const number = i + 1
    const span = { from: cut.sample, to: next.sample }
    const fragment = fragmentOf(track, shown, {
      ...span,
      sequence: number,
      trackId,
      reorder,
      begin: cut.start,
      end: next.start,
    })
    const bytes = segmentLength(fragment).totalBytes
    if (bytes > largestSegment)
      throw new HeadendError(
        'PACKAGING_SEGMENT_LARGE',
        `track ${track.trackId}: expected segments of at most ${largestSegment} bytes, got ${bytes} between two key frames; ` +
          'encode it with a key frame every few seconds',
      )
    indexed.push({
      fragment,
      // A million in four hours of audio: computed when written, and not kept.
      get extents() {
        return extentsOf(track, span)
      },
      cut: 0,
      bytes,
    })
    segments.push({
      number,
      cut: 0,
      start: cut.start,
      duration: next.start - cut.start,
      bytes,
      configId: told.findLast(({ from }) => from <= cut.sample)?.config.id ?? '1',
      sync: isSync(track, cut.sample),
      gap: 'none',
      discontinuity: cut.discontinuity ?? false,
    })
  }
  const configs = told.filter(({ config }, i) => told.findIndex((one) => one.config.id === config.id) === i)
  return {
    configs: configs.map(({ config, codec }) => ({
      config,
      init: initOf(track, shown, { trackId, config, codec }),
    })),
    segments,
    indexed,
  }
}

interface Span {
  readonly from: number
  readonly to: number
}

interface FragmentPlan extends Span, Pick<Fragment, 'sequence' | 'trackId'> {
  readonly reorder: number
  /** Presentation times. */
  readonly begin: number
  readonly end: number
}

function fragmentOf(
  track: SourceTrack,
  shown: EditedSamples,
  { from, to, sequence, trackId, reorder, begin, end }: FragmentPlan,
): Fragment {
  const { samples } = track
  const lengths = new Uint32Array(to - from)
  for (let i = from; i < to; i++) lengths[i - from] = sampleDuration(track, i)
  const stored = { durations: lengths, offsets: offsetsOf(track, shown, { from, to }) }
  const decodeTime = (samples.decodeTimes[from] ?? 0) + shown.decodeShift
  // CMAF decodes video from when its first frame is shown (ISO/IEC 23000-19 7.5.17).
  const isReordered = track.type === 'video' && (samples.compositionOffsets || shown.compositionShift !== 0)
  const late = isReordered ? decodeTime - begin : 0
  const { durations, offsets } = isReordered
    ? decodedInTime(stored, { reorder, late, length: end - begin })
    : stored
  const sync = samples.sync?.subarray(from, to)
  return {
    sequence,
    trackId,
    decodeTime: decodeTime - late,
    sizes: samples.sizes.subarray(from, to),
    durations,
    ...(offsets && { compositionOffsets: offsets }),
    ...(sync?.includes(0) && { sync }),
    ...(track.type === 'audio' && samples.rollDistance && { rolls: true }),
  }
}

/** Composition offsets with the edit list's shift for reordered frames included; they may be negative. */
function offsetsOf(
  track: SourceTrack,
  { compositionShift }: EditedSamples,
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

/** Byte ranges of the samples, adjacent ones merged. */
function extentsOf({ samples }: SourceTrack, { from, to }: Span): ByteRange[] {
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

/** The decoder configuration from sample `from` on. */
interface DescriptionInForce {
  readonly from: number
  readonly codec: Codec
  readonly config: TrackConfig
}

/** Configurations in order; a repeated one keeps its id. */
function configsOf(
  track: SourceTrack,
  shown: EditedSamples,
  cuts: readonly SampleCut[],
): DescriptionInForce[] {
  // Sample tables tell that there are leading pictures, not whether they can be decoded without what came before.
  const leads =
    track.type === 'video' && cuts.some(({ sample, start }) => presentationTime(track, sample) > start)
  const told: DescriptionInForce[] = []
  const ids = new Map<string, string>()
  for (const [i, { from, codec }] of track.descriptions.entries()) {
    const until = Math.min(shown.to, track.descriptions[i + 1]?.from ?? shown.to)
    const first = Math.max(from, shown.from)
    if (first >= until) continue
    const key = Buffer.from(codec.sampleEntry).toString('latin1')
    const id = ids.get(key) ?? `${ids.size + 1}`
    ids.set(key, id)
    const span = { ...shown, from: first, to: until }
    told.push({ from, codec, config: { ...configOf(track, span, { id, codec }), ...(leads && { sap: 3 }) } })
  }
  return told
}

function configOf(
  track: SourceTrack,
  span: EditedSamples,
  { id, codec }: { readonly id: string; readonly codec: Codec },
): TrackConfig {
  if (codec.type === 'audio') {
    const framesASecond = shortFramesOf(track, span, codec.sampleRate)
    return {
      id,
      codec: codec.name,
      ...audioFacts(codec),
      ...(framesASecond !== undefined && { framesASecond }),
    }
  }
  const frameRate = frameRateOf(track, span)
  return {
    id,
    codec: codec.name,
    ...videoFacts(codec, track),
    ...(frameRate && { frameRate }),
  }
}

/**
 * Width and height for `tkhd` (ISO/IEC 14496-12 8.3.2): those of the file or, if it has none or rounded ones, computed
 * from the pixel aspect ratio.
 */
function shownSize(track: SourceTrack, codec: Codec): Pick<SourceTrack, 'width' | 'height'> {
  if (codec.type === 'audio') return { width: track.width, height: track.height }
  const [h, v] = codec.pixelAspect ?? [1, 1]
  const width = Math.round((codec.width * fixedPoint * h) / v)
  const height = codec.height * fixedPoint
  const isRounded = track.width % fixedPoint === 0 && Math.abs(track.width - width) < fixedPoint
  const isKnown = track.width > 0 && track.height > 0
  if (isKnown && !(isRounded && track.height === height)) return { width: track.width, height: track.height }
  return width <= 0xffffffff ? { width, height } : { width: track.width, height: track.height }
}

/** 1.0 in 16.16 fixed point. */
const fixedPoint = 0x10000

interface InitFacts extends Pick<DescriptionInForce, 'config' | 'codec'> {
  readonly trackId: number
}

function initOf(track: SourceTrack, shown: EditedSamples, { trackId, config, codec }: InitFacts): Uint8Array {
  const [frames, seconds] = config.frameRate ?? [0, 1]
  const brand = codec.brand(frames / seconds)
  const { rollDistance } = track.samples
  return writeInit({
    type: track.type,
    trackId,
    timescale: track.timescale,
    ...(track.mdhdLanguage && { language: track.mdhdLanguage }),
    ...(track.languageTag && { languageTag: track.languageTag }),
    ...shownSize(track, codec),
    matrix: track.matrix,
    sampleEntry: codec.sampleEntry,
    brands: [...(brand ? [brand] : []), ...(codec.type === 'video' ? (codec.brands ?? []) : [])],
    mediaStart: shown.mediaStart,
    ...(track.type === 'audio' && rollDistance && { rollDistance }),
  })
}
