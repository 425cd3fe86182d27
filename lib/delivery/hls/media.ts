/** Converts one rendition of a presentation to an HLS Media Playlist. */
import type { DateRange, MediaPlaylist, PlaylistSegment } from '../../formats/hls/index.ts'
import type { Clip, Presentation, Rendition } from '../../timeline/presentation.ts'
import { numbersAt, protectionOf, type VisibleClip, visibleClips } from '../../timeline/shown.ts'
import { noCounts, type Segment } from '../../timeline/timeline.ts'
import { dateOf } from '../clock.ts'
import { mediaLinks } from '../links.ts'
import { dateRangesOf } from '../markers.ts'
import { areIndependent } from '../segment-starts.ts'
import { hasDeltaUpdates, skipBoundarySeconds, skippableSegments } from './delta.ts'
import { type MissingClip, missingClip } from './gap-fill.ts'
import { hlsKeys } from './keys.ts'
import { isBareWebVtt } from './subtitles.ts'

/**
 * The Media Playlist; `manifestPath` is its own path without a leading slash. `skips`: a delta update is asked for
 * (`_HLS_skip`), which is one where it can be.
 */
export function hlsMedia(
  presentation: Presentation,
  rendition: Rendition,
  manifestPath: string,
  { skips = false }: { readonly skips?: boolean } = {},
): MediaPlaylist {
  const parts = partsOf(presentation, rendition)
  const [first] = parts
  const numbers =
    first && ('track' in first ? numbersAt(first, rendition) : numbersAtMissing(first, rendition))
  const tags = [...new Set(presentation.clips.flatMap(({ timeline }) => timeline.origin?.tags ?? []))]
  const iFramesOnly = rendition.trickOf !== undefined
  const hasUpdates = hasDeltaUpdates(presentation)
  const skipped =
    skips && hasUpdates && first && 'track' in first && parts.length === 1
      ? skippableSegments(presentation, first)
      : 0
  const order = { presentation, rendition, manifestPath, parts, skipped, isStart: numbers?.media === 0 }
  // Generated one by one during printing: an array of 28,800 would burden the garbage collector.
  const segments = { [Symbol.iterator]: () => segmentsOf(order) }
  return {
    targetSeconds: iFramesOnly ? iFrameTarget(presentation, segments) : presentation.targetSeconds,
    mediaSequence: numbers?.media ?? 0,
    discontinuitySequence: numbers?.breaks ?? 0,
    ...(presentation.kind !== 'live' && {
      type: presentation.kind === 'vod' && !presentation.hasGrown ? 'VOD' : 'EVENT',
    }),
    endList: presentation.kind === 'vod',
    // Who asked for what has begun wants its beginning, not the live edge. Shaka Player takes 0 for no wish.
    ...(presentation.kind === 'event' && { start: { offsetSeconds: 0.001, precise: false } }),
    ...(iFramesOnly && { iFramesOnly }),
    independentSegments: parts.every(
      (part) => !('track' in part) || areIndependent(part.track, part.segments),
    ),
    ...(tags.length > 0 && { tags }),
    ...holdBack(presentation),
    ...(hasUpdates && { canSkipUntilSeconds: skipBoundarySeconds(presentation) }),
    ...(skipped > 0 && { skippedSegments: skipped }),
    segments,
  }
}

/** How old the end of a playlist is on average: half a segment, until it is written and read, and out of caches. */
const endAgeSeconds = ({ targetSeconds }: Presentation): number => targetSeconds / 2 + 1.5

/** The latency that is asked for, if players do not keep so far from the end anyway (RFC 8216bis 4.4.3.8). */
function holdBack(presentation: Presentation): Pick<MediaPlaylist, 'holdBackSeconds'> {
  const { kind, latencySeconds = 0, targetSeconds } = presentation
  const seconds = latencySeconds - endAgeSeconds(presentation)
  return kind !== 'vod' && seconds > 3 * targetSeconds ? { holdBackSeconds: seconds } : {}
}

/** A clip for which the rendition has no track. */
interface MissingPart extends MissingClip {
  readonly clip: Clip
}

/** The visible part of each clip, in order. */
function partsOf(presentation: Presentation, rendition: Rendition): (VisibleClip | MissingPart)[] {
  const shown = new Map(visibleClips(presentation, rendition.id).map((part) => [part.clip, part]))
  return presentation.clips.flatMap((clip): (VisibleClip | MissingPart)[] => {
    const part = shown.get(clip)
    if (part) return [part]
    if (clip.tracks[rendition.id] !== undefined) return []
    const missing = missingClip(presentation, clip)
    return missing.segments.length > 0 ? [{ clip, ...missing }] : []
  })
}

/**
 * Target duration of trick play: key frames may lie further apart than segment boundaries; only a complete playlist may
 * set it, and not one that grew before (RFC 8216bis 6.2.4).
 */
function iFrameTarget(
  { kind, publishedMs, targetSeconds }: Presentation,
  segments: Iterable<PlaylistSegment>,
): number {
  if (kind !== 'vod' || publishedMs !== undefined) return targetSeconds
  let longest = 1
  for (const { seconds } of segments) longest = Math.max(longest, Math.round(seconds))
  return longest
}

/** Removes the discontinuity from the very first segment, which nothing precedes. */
function openAtStart(segment: PlaylistSegment, isStart: boolean): PlaylistSegment {
  return isStart ? { ...segment, discontinuity: false } : segment
}

function numbersAtMissing(
  { clip, dropped }: MissingPart,
  rendition: Rendition,
): { media: number; breaks: number } {
  const { segments, discontinuities } = clip.before[rendition.id] ?? noCounts
  return { media: segments + dropped, breaks: discontinuities + Number(dropped > 0 && segments > 0) }
}

interface ToPrint {
  readonly presentation: Presentation
  readonly rendition: Rendition
  /** Without a leading slash. */
  readonly manifestPath: string
}

/** State set by the tags printed so far. */
interface PrintState {
  isFirst: boolean
  map: string
  keyId: string
}

/** Segment naming while neither key period nor config changes. */
interface LinkRun {
  readonly keyId: string
  readonly configId: string
  readonly map: string
  readonly directory: string | undefined
  readonly file: (segment: Segment) => string
}

function* segmentsOf({
  parts,
  skipped,
  isStart,
  ...order
}: ToPrint & {
  readonly parts: readonly (VisibleClip | MissingPart)[]
  /** Segments of the only part that are left out. */
  readonly skipped: number
  /** Nothing was shown before. */
  readonly isStart: boolean
}): Generator<PlaylistSegment> {
  const state: PrintState = { isFirst: true, map: '', keyId: 'clear' }
  for (const part of parts) {
    if ('track' in part) {
      const print = clipPrinter(order, part, { state, skipped })
      for (let i = skipped; i < part.segments.length; i++) {
        const segment = part.segments[i]
        if (segment) yield print(segment, i)
      }
    } else
      for (const segment of part.segments) {
        yield openAtStart(segment, state.isFirst && isStart)
        state.isFirst = false
      }
  }
}

const none: readonly DateRange[] = []

/** Returns a printer for the segments of a clip, to be called for all of them in order. */
function clipPrinter(
  { presentation, rendition, manifestPath }: ToPrint,
  part: VisibleClip,
  { state, skipped }: { readonly state: PrintState; readonly skipped: number },
): (segment: Segment, index: number) => PlaylistSegment {
  const { clip, track } = part
  // Audio durations include frames hidden by the edit list: Shaka Player places `tfdt` by the sum of durations, or by
  // a date.
  const hidden = track.before.segments + part.index === 0 ? (track.hiddenTicks ?? 0) : 0
  const before = clip.before[rendition.id]?.segments ?? 0
  const firstOrdinal = clip.first[rendition.id]?.segments ?? 0
  let dated = false
  const dateRangesAt = dateRangesOf(presentation, clip)
  const lastSkipped = part.segments[skipped - 1]
  if (lastSkipped) dateRangesAt?.(lastSkipped.start / track.timescale)
  // Links and init segment change only with the key period and the config, not with each of 28,800 segments.
  let run: LinkRun | undefined
  return (segment, i) => {
    const opensClip = track.before.segments + part.index + i === firstOrdinal
    const discontinuity = opensClip
      ? before > 0 || !state.isFirst
      : segment.discontinuity || (i === 0 && !state.isFirst)
    const { media, key } = protectionOf(clip, rendition.id, track, segment)
    const keyId = media.scheme === 'clear' ? 'clear' : `${clip.timeline.id} ${media.label} ${media.period}`
    const { configId } = segment
    if (keyId !== run?.keyId || configId !== run.configId) {
      const links = mediaLinks(manifestPath, clip.timeline, track, media)
      const bare = !clip.timeline.origin && isBareWebVtt(track, segment)
      const map = !bare && hasInit(part, segment) ? links.init(configId) : ''
      run = {
        keyId,
        configId,
        map,
        file: bare ? links.webVttFile : links.file,
        directory: links.directory,
      }
    }
    const { map, directory } = run
    const uri = run.file(segment)
    const seconds = (segment.duration + (i === 0 ? hidden : 0)) / track.timescale
    const plain = directory === undefined ? { uri, seconds } : { directory, uri, seconds }
    const dateRanges = dateRangesAt?.(segment.start / track.timescale) ?? none
    const says =
      discontinuity || !dated || keyId !== state.keyId || map !== state.map || dateRanges.length > 0
    state.isFirst = false
    if (!says && segment.gap !== 'missing' && !segment.tags) return plain
    const entry: PlaylistSegment = {
      ...plain,
      ...(discontinuity && { discontinuity }),
      ...(keyId !== state.keyId && {
        keys: key && media.scheme !== 'clear' ? hlsKeys(media.scheme, key) : [],
      }),
      ...(map !== '' && (map !== state.map || discontinuity) && { map: { uri: map } }),
      ...((!dated || discontinuity) &&
        dateOf(presentation, clip, (segment.start + (i === 0 ? 0 : hidden)) / track.timescale)),
      ...(segment.gap === 'missing' && { gap: true }),
      ...(dateRanges.length > 0 && { dateRanges }),
      ...(segment.tags && { tags: segment.tags }),
    }
    state.map = map
    state.keyId = keyId
    dated = true
    return entry
  }
}

/** Whether a segment has an init segment; third-party ones may lack it (transport streams). */
function hasInit({ clip, track }: VisibleClip, { configId }: Segment): boolean {
  return !clip.timeline.origin || track.inits?.[configId] !== undefined
}
