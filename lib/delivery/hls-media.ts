/** One rendition of a presentation as an HLS Media Playlist. */
import type { MediaPlaylist, PlaylistSegment } from '../formats/hls/playlist.ts'
import type { Clip, Presentation, Rendition } from '../timeline/presentation.ts'
import { numbersAt, protectionOf, type ShownClip, shownClips } from '../timeline/shown.ts'
import type { Segment } from '../timeline/timeline.ts'
import { wallClock } from './clock.ts'
import { hlsKeys } from './hls-keys.ts'
import { missingClip } from './hls-missing.ts'
import { isBareWebVtt } from './hls-subtitles.ts'
import { mediaLinks, toRoot } from './links.ts'
import { areIndependent } from './segment-starts.ts'

/** The playlist's facts; `manifestPath` is its own path without a leading slash. */
export function hlsMedia(
  presentation: Presentation,
  rendition: Rendition,
  manifestPath: string,
): MediaPlaylist {
  const root = toRoot(manifestPath)
  const shown = new Map(shownClips(presentation, rendition.id).map((part) => [part.clip, part]))
  const out: PlaylistSegment[] = []
  const state: PrintState = { map: '', keyId: 'clear' }
  let numbers: { media: number; breaks: number } | undefined
  for (const clip of presentation.clips) {
    const part = shown.get(clip)
    if (part) {
      numbers ??= numbersAt(part, rendition)
      addClip(out, state, { presentation, rendition, part, root })
      continue
    }
    if (clip.tracks[rendition.id] !== undefined) continue
    const missing = missingClip(presentation, clip)
    if (missing.segments.length === 0) continue
    numbers ??= numbersAtMissing(clip, rendition, missing.dropped)
    out.push(
      ...missing.segments.map((segment) => openAtStart(segment, out.length === 0 && numbers?.media === 0)),
    )
  }
  const tags = [...new Set(presentation.clips.flatMap(({ timeline }) => timeline.origin?.tags ?? []))]
  const iFramesOnly = rendition.trickOf !== undefined
  return {
    targetSeconds: iFramesOnly ? iFrameTarget(presentation, out) : presentation.targetSeconds,
    mediaSequence: numbers?.media ?? 0,
    discontinuitySequence: numbers?.breaks ?? 0,
    ...(presentation.kind !== 'live' && { type: presentation.kind === 'vod' ? 'VOD' : 'EVENT' }),
    endList: presentation.kind === 'vod',
    ...(iFramesOnly && { iFramesOnly }),
    independentSegments: [...shown.values()].every(({ track, segments }) => areIndependent(track, segments)),
    ...(tags.length > 0 && { tags }),
    segments: out,
  }
}

/** Key frames may lie further apart than pictures are cut; only a complete playlist may say so (RFC 8216bis 6.2.4). */
function iFrameTarget({ kind, targetSeconds }: Presentation, segments: readonly PlaylistSegment[]): number {
  if (kind !== 'vod') return targetSeconds
  return segments.reduce((longest, { seconds }) => Math.max(longest, Math.round(seconds)), 1)
}

/** Nothing is in front of the very first segment, so nothing breaks there. */
function openAtStart(segment: PlaylistSegment, isStart: boolean): PlaylistSegment {
  return isStart ? { ...segment, discontinuity: false } : segment
}

function numbersAtMissing(
  clip: Clip,
  rendition: Rendition,
  dropped: number,
): { media: number; breaks: number } {
  const before = clip.before[rendition.id] ?? { segments: 0, discontinuities: 0 }
  const opening = before.segments > 0 ? 1 : 0
  return {
    media: before.segments + dropped,
    breaks: before.discontinuities + (dropped > 0 ? opening : 0),
  }
}

/** What the tags in front of the last segment said. */
interface PrintState {
  map: string
  keyId: string
}

interface ClipToPrint {
  readonly presentation: Presentation
  readonly rendition: Rendition
  readonly part: ShownClip
  readonly root: string
}

/** How segments are named while neither key period nor config changes. */
interface LinkRun {
  readonly keyId: string
  readonly configId: string
  readonly map: string
  readonly directory?: string
  readonly file: (segment: Segment) => string
}

function addClip(
  out: PlaylistSegment[],
  state: PrintState,
  { presentation, rendition, part, root }: ClipToPrint,
) {
  const { clip, track, segments } = part
  const before = clip.before[rendition.id]?.segments ?? 0
  const firstOrdinal = clip.first[rendition.id]?.segments ?? 0
  let dated = false
  // Links and init change with the key period and the config: not with each of 28,800 segments.
  let run: LinkRun = { keyId: '', configId: '', file: () => '', map: '' }
  segments.forEach((segment, i) => {
    const opensClip = track.before.segments + part.index + i === firstOrdinal
    const discontinuity = opensClip
      ? before > 0 || out.length > 0
      : segment.discontinuity || (i === 0 && out.length > 0)
    const { media, key } = protectionOf(clip, rendition.id, track, segment)
    const keyId = media.scheme === 'clear' ? 'clear' : `${clip.timeline.id} ${media.label} ${media.period}`
    const { configId } = segment
    if (keyId !== run.keyId || configId !== run.configId) {
      const links = mediaLinks(root, clip.timeline, track, media)
      const bare = !clip.timeline.origin && isBareWebVtt(track, segment)
      const map = !bare && hasInit(part, segment) ? links.init(configId) : ''
      const { directory } = links
      run = {
        keyId,
        configId,
        map,
        file: bare ? links.webVttFile : links.file,
        ...(directory !== undefined && { directory }),
      }
    }
    const { map, directory } = run
    const uri = run.file(segment)
    const seconds = segment.duration / track.timescale
    const says = discontinuity || !dated || keyId !== state.keyId || map !== state.map
    if (!says && segment.gap !== 'missing' && !segment.tags) {
      out.push(directory === undefined ? { uri, seconds } : { directory, uri, seconds })
      return
    }
    const date = dated && !discontinuity ? undefined : dateOf(presentation, part, segment)
    out.push({
      ...(directory !== undefined && { directory }),
      uri,
      seconds,
      ...(discontinuity && { discontinuity }),
      ...(keyId !== state.keyId && {
        keys: key && media.scheme !== 'clear' ? hlsKeys(media.scheme, key) : [],
      }),
      ...(map !== '' && (map !== state.map || discontinuity) && { map: { uri: map } }),
      ...(date !== undefined && { programDateTimeMs: date }),
      ...(segment.gap === 'missing' && { gap: true }),
      ...(segment.tags && { tags: segment.tags }),
    })
    state.map = map
    state.keyId = keyId
    dated = true
  })
}

/** A third party's segments may do without an init (transport streams). */
function hasInit({ clip, track }: ShownClip, { configId }: Segment): boolean {
  return !clip.timeline.origin || track.inits?.[configId] !== undefined
}

/** Wall clock of a segment: the presentation's own, else the source's. */
function dateOf(presentation: Presentation, { clip, track, shiftSeconds }: ShownClip, { start }: Segment) {
  const seconds = start / track.timescale
  if (presentation.epochMs !== undefined)
    return Math.round(presentation.epochMs + (seconds + shiftSeconds) * 1000)
  return wallClock(clip.timeline, seconds)
}
