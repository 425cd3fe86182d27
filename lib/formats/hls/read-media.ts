/** Parses a Media Playlist (RFC 8216bis 4.4.3 to 4.4.5), with the state that applies to each segment. */

import { optional } from '../optional.ts'
import {
  type AttributeContext,
  type AttributeList,
  readAttributeList,
  shown,
  textOf,
} from './attribute-list.ts'
import { readByteRange } from './byte-range.ts'
import { readDateRange } from './date-range.ts'
import { readDateTime } from './date-time.ts'
import { nextKeys, type ReadKey, readKey } from './key.ts'
import type { PlaylistLine } from './lines.ts'
import type { DateRange, HlsByteRange, MediaPlaylist } from './playlist.ts'
import { readStart } from './start.ts'

/** A parsed Media Playlist. */
export interface ReadMediaPlaylist {
  readonly version?: number
  readonly targetSeconds?: number
  readonly mediaSequence: number
  readonly discontinuitySequence: number
  readonly type?: 'VOD' | 'EVENT'
  readonly endList: boolean
  readonly independentSegments: boolean
  readonly iFramesOnly: boolean
  readonly start?: MediaPlaylist['start']
  readonly segments: readonly ReadSegment[]
  /** Includes date ranges after the last segment. */
  readonly dateRanges: readonly DateRange[]
}

/** A segment. Keys, map and bit rate are those in effect, whichever line set them. */
export interface ReadSegment {
  readonly uri: string
  readonly seconds: number
  readonly title?: string
  readonly sequence: number
  readonly discontinuity: boolean
  readonly byteRange?: HlsByteRange
  readonly map?: ReadMap
  readonly keys: readonly ReadKey[]
  /** Only if set directly before this segment. */
  readonly programDateTimeMs?: number
  readonly gap: boolean
  readonly bitrate?: number
  readonly dateRanges: readonly DateRange[]
  /** The indexes of its lines: from the first tag after the previous segment up to and including its URI. */
  readonly lines: readonly [from: number, to: number]
}

/** The init segment. */
export interface ReadMap {
  readonly uri: string
  readonly byteRange?: HlsByteRange
}

/** The context of a line; the line number is added for each. */
export type Reading = Omit<AttributeContext, 'line'>

/** Reads the lines of a Media Playlist. */
export function readMediaPlaylist(lines: readonly PlaylistLine[], reading: Reading): ReadMediaPlaylist {
  const state: State = {
    head: new Map(),
    segments: [],
    dateRanges: [],
    keys: [],
    bitrate: undefined,
    map: undefined,
    range: undefined,
    next: { from: 0, dateRanges: [] },
  }
  lines.forEach(({ kind, tag, value }, index) => {
    if (kind === 'uri') addSegment(state, index, value, reading)
    else if (tag === 'EXTINF') readExtInf(state, value, index + 1, reading)
    else if (kind === 'tag') readTag(state, tag, value, { ...reading, line: index + 1 })
  })
  const { head, segments, dateRanges, next } = state
  if (next.seconds !== undefined) reading.report('HLS_URI_MISSING', lines.length, 'EXTINF without a URI')
  if (!head.has('EXT-X-TARGETDURATION')) reading.report('HLS_TAG_MISSING', 1, 'no EXT-X-TARGETDURATION')
  return {
    ...optional('version', number(head, 'EXT-X-VERSION')),
    ...optional('targetSeconds', number(head, 'EXT-X-TARGETDURATION')),
    mediaSequence: number(head, 'EXT-X-MEDIA-SEQUENCE') ?? 0,
    discontinuitySequence: number(head, 'EXT-X-DISCONTINUITY-SEQUENCE') ?? 0,
    ...optional(
      'type',
      (['VOD', 'EVENT'] as const).find((type) => type === head.get('EXT-X-PLAYLIST-TYPE')?.value),
    ),
    endList: head.has('EXT-X-ENDLIST'),
    independentSegments: head.has('EXT-X-INDEPENDENT-SEGMENTS'),
    iFramesOnly: head.has('EXT-X-I-FRAMES-ONLY'),
    ...optional('start', head.get('EXT-X-START')?.start),
    segments,
    dateRanges,
  }
}

interface HeadTag {
  readonly value: string
  readonly number?: number
  readonly start?: MediaPlaylist['start']
}

interface State {
  readonly head: Map<string, HeadTag>
  readonly segments: ReadSegment[]
  readonly dateRanges: DateRange[]
  keys: readonly ReadKey[]
  bitrate: number | undefined
  map: ReadMap | undefined
  /** The range of the segment before, with its resource. */
  range: { readonly uri: string; readonly range: HlsByteRange } | undefined
  /** Tags since the segment before. */
  next: Pending
}

interface Pending {
  readonly from: number
  seconds?: number
  title?: string
  byteRange?: { readonly text: string; readonly line: number }
  discontinuity?: boolean
  programDateTimeMs?: number
  gap?: boolean
  dateRanges: DateRange[]
}

function number(head: ReadonlyMap<string, HeadTag>, tag: string): number | undefined {
  return head.get(tag)?.number
}

/** Playlist-wide tags, and the type of their values. */
const HEAD: Readonly<Record<string, 'number' | 'word' | 'start'>> = {
  'EXT-X-VERSION': 'number',
  'EXT-X-TARGETDURATION': 'number',
  'EXT-X-MEDIA-SEQUENCE': 'number',
  'EXT-X-DISCONTINUITY-SEQUENCE': 'number',
  'EXT-X-PLAYLIST-TYPE': 'word',
  'EXT-X-ENDLIST': 'word',
  'EXT-X-INDEPENDENT-SEGMENTS': 'word',
  'EXT-X-I-FRAMES-ONLY': 'word',
  'EXT-X-START': 'start',
}

function readTag(state: State, tag: string, value: string, context: AttributeContext): void {
  const form = HEAD[tag]
  if (form === undefined) SEGMENT_TAGS[tag]?.(state, value, context)
  else readHead(state.head, tag, value, form, context)
}

function readHead(
  head: Map<string, HeadTag>,
  tag: string,
  value: string,
  form: 'number' | 'word' | 'start',
  context: AttributeContext,
): void {
  const { line, report } = context
  if (head.has(tag)) report('HLS_TAG_TWICE', line, `${tag} stands there twice`)
  if (form === 'start') {
    head.set(tag, { value, ...optional('start', readStart(readAttributeList(value, context), context)) })
    return
  }
  if (form === 'word') {
    const isKnown = tag !== 'EXT-X-PLAYLIST-TYPE' || value === 'VOD' || value === 'EVENT'
    if (!isKnown) report('HLS_TAG_VALUE', line, `${tag}: expected VOD or EVENT, got ${shown(value)}`)
    head.set(tag, { value })
    return
  }
  const count = /^\d{1,16}$/.test(value) ? Number(value) : undefined
  if (count === undefined || !Number.isSafeInteger(count)) {
    report('HLS_TAG_VALUE', line, `${tag}: expected a whole number, got ${shown(value)}`)
    head.set(tag, { value, ...optional('number', lenient(value)) })
  } else {
    head.set(tag, { value, number: count })
  }
}

/** `10.5` and `10 ` are read as 10, as in every player. */
function lenient(value: string): number | undefined {
  const parsed = Number.parseInt(value, 10)
  return Number.isSafeInteger(parsed) && parsed >= 0 ? parsed : undefined
}

function readExtInf({ next }: State, value: string, line: number, { report }: Reading): void {
  const comma = value.indexOf(',')
  const text = (comma < 0 ? value : value.slice(0, comma)).trim()
  const title = comma < 0 ? '' : value.slice(comma + 1)
  const seconds = Number.parseFloat(text)
  if (!DURATION.test(text))
    report('HLS_EXTINF_VALUE', line, `EXTINF: expected a duration, got ${shown(text)}`)
  if (next.seconds !== undefined) report('HLS_TAG_TWICE', line, 'EXTINF twice for one segment')
  next.seconds = Number.isFinite(seconds) ? seconds : 0
  if (title !== '') next.title = title
}

const DURATION = /^\d{1,16}(\.\d*)?$/

type SegmentTag = (state: State, value: string, context: AttributeContext) => void

const SEGMENT_TAGS: Readonly<Record<string, SegmentTag>> = {
  'EXT-X-BYTERANGE': ({ next }, text, { line }) => {
    next.byteRange = { text, line }
  },
  'EXT-X-DISCONTINUITY': ({ next }) => {
    next.discontinuity = true
  },
  'EXT-X-GAP': ({ next }) => {
    next.gap = true
  },
  'EXT-X-PROGRAM-DATE-TIME': ({ next }, value, { line, report }) => {
    const epochMs = readDateTime(value)
    if (epochMs === undefined)
      report('HLS_DATE_SYNTAX', line, `expected a date and time, got ${shown(value)}`)
    else next.programDateTimeMs = epochMs
  },
  'EXT-X-BITRATE': (state, value, { line, report }) => {
    state.bitrate = lenient(value)
    if (state.bitrate === undefined) report('HLS_TAG_VALUE', line, `EXT-X-BITRATE: got ${shown(value)}`)
  },
  'EXT-X-KEY': (state, value, context) => {
    const attributes = readAttributeList(value, context)
    if (!attributes.has('METHOD'))
      context.report('HLS_ATTRIBUTE_MISSING', context.line, 'EXT-X-KEY without METHOD')
    state.keys = nextKeys(state.keys, readKey(attributes))
  },
  'EXT-X-MAP': (state, value, context) => {
    state.map = readMap(readAttributeList(value, context), context)
  },
  'EXT-X-DATERANGE': (state, value, context) => {
    const range = readDateRange(readAttributeList(value, context), context)
    if (!range) return
    state.dateRanges.push(range)
    state.next.dateRanges.push(range)
  },
}

function readMap(attributes: AttributeList, { line, report }: AttributeContext): ReadMap | undefined {
  const [uri, range] = [textOf(attributes, 'URI'), textOf(attributes, 'BYTERANGE')]
  if (uri === undefined) {
    report('HLS_ATTRIBUTE_MISSING', line, 'EXT-X-MAP without URI')
    return undefined
  }
  // without an offset a map's range begins at 0 (4.4.4.5)
  const byteRange = range === undefined ? undefined : readByteRange(range, { offset: 0, length: 0 })
  if (range !== undefined && !byteRange) report('HLS_BYTERANGE_VALUE', line, `BYTERANGE: got ${shown(range)}`)
  return { uri, ...optional('byteRange', byteRange) }
}

function addSegment(state: State, index: number, text: string, { replace, report }: Reading): void {
  const line = index + 1
  const uri = replace(text, line)
  const { next, segments } = state
  if (next.seconds === undefined) report('HLS_EXTINF_MISSING', line, 'a segment without EXTINF')
  const byteRange = next.byteRange && rangeOf(state, uri, next.byteRange.text)
  if (next.byteRange && !byteRange) {
    const got = shown(next.byteRange.text)
    report(
      'HLS_BYTERANGE_VALUE',
      next.byteRange.line,
      `expected n@o, or n behind a range of the same URI, got ${got}`,
    )
  }
  segments.push({
    uri,
    seconds: next.seconds ?? 0,
    ...optional('title', next.title),
    sequence: (number(state.head, 'EXT-X-MEDIA-SEQUENCE') ?? 0) + segments.length,
    discontinuity: next.discontinuity === true,
    ...optional('byteRange', byteRange),
    ...optional('map', state.map),
    keys: state.keys,
    ...optional('programDateTimeMs', next.programDateTimeMs),
    gap: next.gap === true,
    ...optional('bitrate', state.bitrate),
    dateRanges: next.dateRanges,
    lines: [next.from, index],
  })
  state.range = byteRange && { uri, range: byteRange }
  state.next = { from: index + 1, dateRanges: [] }
}

function rangeOf({ range }: State, uri: string, text: string): HlsByteRange | undefined {
  return readByteRange(text, range?.uri === uri ? range.range : undefined)
}
