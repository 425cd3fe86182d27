/** Reads the cues of a Media Playlist in any dialect. It refuses nothing: what can not be read is said with its reason. */
import { readDateTime } from '../date-time.ts'
import { readLines } from '../lines.ts'
import type { CuedSegment, PlaylistCue, PlaylistCues, TagCue, TagReading } from './cue.ts'
import { type RangeTimes, readRange } from './date-ranges.ts'
import { joinedAt, type TaggedCue } from './join.ts'
import { cueTags } from './tags.ts'

/** More than a break a minute for two days; what stands behind them is left out, and that is said. */
const maxCues = 6000
const maxProblems = 100
/** A section in hex, and what stands beside it. */
const maxTagCharacters = 16_384

/** True if a text may have cues in it: quick, so that playlists without any cost nothing more. */
export const hasCueTags = (text: string): boolean =>
  /^[ \t]*#EXT(?:-X-(?:CUE|SCTE35|SPLICEPOINT|DATERANGE:.*SCTE35-)|-OATCLS|-SCTE35)/m.test(text)

/** Reads them; none of a Multivariant Playlist. */
export function readPlaylistCues(text: string): PlaylistCues {
  const state: State = {
    segments: [],
    cues: [],
    problems: [],
    ranges: new Map(),
    pending: [],
    facts: {},
    dateMs: undefined,
    seconds: undefined,
    sequence: 0,
    isPart: false,
    depth: 0,
    isRestart: false,
  }
  for (const [index, { kind, tag, value }] of readLines(text).entries()) {
    if (state.cues.length >= maxCues) {
      report(state, index + 1, `expected at most ${maxCues} cues`)
      break
    }
    if (kind === 'uri') endSegment(state, value)
    else if (kind === 'tag') readTag(state, { tag, value, line: index + 1 })
  }
  endBoundary(state)
  const { segments, cues, problems } = state
  return { segments, cues, problems }
}

interface State {
  readonly segments: CuedSegment[]
  readonly cues: PlaylistCue[]
  readonly problems: { readonly line: number; readonly reason: string }[]
  readonly ranges: Map<string, RangeTimes>
  /** Tags since the segment before. */
  pending: TaggedCue[]
  facts: Readonly<Record<string, string>>
  /** Of the next segment. */
  dateMs: number | undefined
  seconds: number | undefined
  /** Of the first segment. */
  sequence: number
  isPart: boolean
  isRestart: boolean
  /** Breaks whose beginning is in the playlist, or is known by what runs, and which have not ended. */
  depth: number
}

interface Tag {
  readonly tag: string
  readonly value: string
  readonly line: number
}

function readTag(state: State, { tag, value, line }: Tag): void {
  if (tag === 'EXTINF') {
    const seconds = Number.parseFloat(value)
    state.seconds = Number.isFinite(seconds) && seconds > 0 ? seconds : 0
  } else if (tag === 'EXT-X-PROGRAM-DATE-TIME') state.dateMs = readDateTime(value) ?? state.dateMs
  else if (tag === 'EXT-X-MEDIA-SEQUENCE') state.sequence = Number(/^\d{1,15}/.exec(value)?.[0] ?? 0)
  else if (tag === 'EXT-X-BYTERANGE') state.isPart = true
  else if (tag === 'EXT-X-DISCONTINUITY') state.isRestart = true
  else if (value.length > maxTagCharacters) {
    if (tag in cueTags || tag === 'EXT-X-DATERANGE')
      report(state, line, `${tag}: expected at most ${maxTagCharacters} characters, got ${value.length}`)
  } else if (tag === 'EXT-X-DATERANGE') readDateRange(state, value, line)
  else if (Object.hasOwn(cueTags, tag)) {
    const reading: TagReading = cueTags[tag]?.(value) ?? { facts: {} }
    if ('reason' in reading) report(state, line, `${tag}: ${reading.reason}`)
    else if ('facts' in reading) state.facts = { ...state.facts, ...reading.facts }
    else addCue(state, reading.cue, { tag, line })
  }
}

function readDateRange(state: State, value: string, line: number): void {
  const reading = readRange(value, (id) => state.ranges.get(id))
  if (!reading) return
  state.ranges.set(reading.id, reading.times)
  if (reading.cues.length === 0) return
  for (const reason of reading.reasons) report(state, line, `EXT-X-DATERANGE: ${reason}`)
  for (const cue of reading.cues) addCue(state, cue, { tag: 'EXT-X-DATERANGE', line })
}

function addCue(state: State, cue: TagCue, { tag, line }: Omit<Tag, 'value'>): void {
  if (cue.unreadable !== undefined) report(state, line, `${tag}: ${cue.unreadable}`)
  state.pending.push({ ...cue, tag, line })
}

function report({ problems }: State, line: number, reason: string): void {
  if (problems.length < maxProblems) problems.push({ line, reason })
}

function endSegment(state: State, uri: string): void {
  endBoundary(state)
  const { seconds = 0, isPart } = state
  const before = state.segments.at(-1)
  // Dates are counted on from segment to segment, but not into what a discontinuity begins.
  const counted =
    before?.startMs === undefined || state.isRestart ? undefined : before.startMs + before.seconds * 1000
  const startMs = state.dateMs ?? counted
  const sequence = state.sequence + state.segments.length
  state.segments.push({ uri, sequence, seconds, ...(startMs !== undefined && { startMs }), isPart })
  state.dateMs = undefined
  state.seconds = undefined
  state.isPart = false
  state.isRestart = false
}

/** Joins what stands before a segment; of breaks that run, only the first says anything new. */
function endBoundary(state: State): void {
  if (state.pending.length === 0) return
  const joined = joinedAt(state.pending, state.facts)
  for (const cue of joined) {
    if (cue.kind === 'running' && state.depth > 0) continue
    state.cues.push({ ...cue, before: state.segments.length })
    if (cue.kind === 'out' || cue.kind === 'running') state.depth++
    if (cue.kind === 'in') state.depth = Math.max(0, state.depth - 1)
  }
  state.pending = []
  state.facts = {}
}
