/**
 * Breaks in the tags of Elemental's enhanced dialect, for ad servers and packagers that do not read EXT-X-DATERANGE:
 * EXT-OATCLS-SCTE35, EXT-X-CUE-OUT, EXT-X-CUE-OUT-CONT and EXT-X-CUE-IN, at the boundaries where a DATERANGE would stand.
 */
import type { Marker, Segment, Track } from '../../timeline/timeline.ts'

/** Boundaries are as exact as frames are, and markers are counted in milliseconds. */
const toleranceSeconds = 0.001

/** Markers in media seconds. */
interface Cue {
  readonly at: number
  /** Where it ends, or would; Infinity if that is not known. */
  readonly until: number
  readonly marker: Marker
  readonly plannedSeconds: number | undefined
}

/** A track whose segments have the tags of markers, which are counted in a timescale of their own. */
export function withCueTags(track: Track, markers: readonly Marker[], timescale: number): Track {
  const cues = markers
    .filter(({ scte35 }) => scte35 !== undefined)
    .map((marker) => cueOf(marker, timescale))
    .toSorted((a, b) => a.at - b.at)
  if (cues.length === 0) return track
  const tagsAt = tagsOf(cues)
  return {
    ...track,
    segments: track.segments.map((segment): Segment => {
      const tags = tagsAt(segment.start / track.timescale)
      return tags.length === 0 ? segment : { ...segment, tags: [...(segment.tags ?? []), ...tags] }
    }),
  }
}

function cueOf(marker: Marker, timescale: number): Cue {
  const { at, duration, planned } = marker
  const length = duration ?? planned
  return {
    at: at / timescale,
    until: length === undefined ? Number.POSITIVE_INFINITY : (at + length) / timescale,
    marker,
    plannedSeconds: planned === undefined ? undefined : planned / timescale,
  }
}

/** Gives the tags before each segment, asked for in order. */
function tagsOf(cues: readonly Cue[]): (startSeconds: number) => readonly string[] {
  let next = 0
  let running: readonly Cue[] = []
  let isFirst = true
  return (startSeconds) => {
    const reached = startSeconds + toleranceSeconds
    const begun: Cue[] = []
    for (let cue = cues[next]; cue && cue.at <= reached; cue = cues[++next]) begun.push(cue)
    // What lies between two boundaries begins and ends at one: these tags can not say that.
    const lasting = begun.filter(({ until }) => until > reached)
    // What began before all segments runs.
    const isOld = ({ at }: Cue): boolean => isFirst && at < startSeconds - toleranceSeconds
    const over = running.filter(({ until }) => until <= reached)
    const stay = [...running.filter(({ until }) => until > reached), ...lasting.filter(isOld)]
    const fresh = lasting.filter((cue) => !isOld(cue))
    isFirst = false
    running = [...stay, ...fresh]
    return [...endTags(over, stay), ...runningTags(stay, startSeconds), ...beginTags(fresh, stay)]
  }
}

const isBreak = ({ marker }: Cue): boolean => marker.kind === 'break'

/** There is one break at a time in this dialect: of those within one another, the sections are said alone. */
function endTags(over: readonly Cue[], stay: readonly Cue[]): readonly string[] {
  const ended = over.filter(({ marker }) => marker.duration !== undefined)
  const sections = ended.flatMap(({ marker }) => sectionTag(marker.endScte35))
  return ended.some(isBreak) && !stay.some(isBreak) ? [...sections, '#EXT-X-CUE-IN'] : sections
}

function runningTags(stay: readonly Cue[], startSeconds: number): readonly string[] {
  const outer = stay.find(isBreak)
  if (!outer) return []
  const { at, plannedSeconds, marker } = outer
  const duration = plannedSeconds === undefined ? '' : `,Duration=${decimal(plannedSeconds)}`
  return [`#EXT-X-CUE-OUT-CONT:ElapsedTime=${decimal(startSeconds - at)}${duration},SCTE35=${marker.scte35}`]
}

function beginTags(fresh: readonly Cue[], stay: readonly Cue[]): readonly string[] {
  const outer = stay.some(isBreak) ? undefined : fresh.find(isBreak)
  return fresh.flatMap((cue) => {
    const section = sectionTag(cue.marker.scte35)
    if (cue !== outer) return section
    const { plannedSeconds } = cue
    return [...section, `#EXT-X-CUE-OUT${plannedSeconds === undefined ? '' : `:${decimal(plannedSeconds)}`}`]
  })
}

const sectionTag = (section: string | undefined): readonly string[] =>
  section === undefined ? [] : [`#EXT-OATCLS-SCTE35:${section}`]

/** Seconds with three decimals at most. */
const decimal = (seconds: number): string => String(Math.max(0, Math.round(seconds * 1000)) / 1000)
