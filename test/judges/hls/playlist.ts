/** The judge's own reading of a playlist: tags with attributes, segments with what holds for each of them. */

import { hasAttributes } from './attributes.ts'
import { type Attributes, type LexedLine, lexAttributes, lexLines } from './lexer.ts'

/** A tag, its attribute list read where it has one. */
export interface Tag extends LexedLine {
  readonly attributes: Attributes
}

/** A segment: its URI line and the tags in front of it. */
export interface JudgedSegment {
  readonly uri: string
  readonly line: number
  readonly tags: readonly Tag[]
  /** NaN where EXTINF is missing or no number. */
  readonly seconds: number
  readonly sequence: number
  /** Discontinuity sequence of the playlist plus the tags up to and with this segment's. */
  readonly discontinuities: number
  readonly hasMap: boolean
}

/** A whole playlist. */
export interface JudgedPlaylist {
  readonly text: string
  readonly lines: readonly LexedLine[]
  readonly tags: readonly Tag[]
  readonly segments: readonly JudgedSegment[]
  /** Tags behind the last URI. */
  readonly trailing: readonly Tag[]
  readonly kind: 'media' | 'multivariant' | 'both' | 'neither'
}

/** Tags only a Media Playlist has. */
const MEDIA_TAGS = new Set(
  (
    'EXTINF EXT-X-TARGETDURATION EXT-X-MEDIA-SEQUENCE EXT-X-DISCONTINUITY-SEQUENCE EXT-X-ENDLIST ' +
    'EXT-X-PLAYLIST-TYPE EXT-X-I-FRAMES-ONLY EXT-X-BYTERANGE EXT-X-DISCONTINUITY EXT-X-KEY EXT-X-MAP ' +
    'EXT-X-PROGRAM-DATE-TIME EXT-X-GAP EXT-X-BITRATE EXT-X-PART EXT-X-PART-INF EXT-X-SERVER-CONTROL ' +
    'EXT-X-DATERANGE EXT-X-SKIP EXT-X-PRELOAD-HINT EXT-X-RENDITION-REPORT'
  ).split(' '),
)

/** Tags only a Multivariant Playlist has. */
const MULTIVARIANT_TAGS = new Set(
  (
    'EXT-X-MEDIA EXT-X-STREAM-INF EXT-X-I-FRAME-STREAM-INF EXT-X-SESSION-DATA EXT-X-SESSION-KEY ' +
    'EXT-X-CONTENT-STEERING'
  ).split(' '),
)

/** Reads it, forgiving: rules, not the reader, say what is wrong. */
export function judge(text: string): JudgedPlaylist {
  const lines = lexLines(text)
  const tags = lines.filter(({ kind }) => kind === 'tag').map(withAttributes)
  const byNumber = new Map(tags.map((tag) => [tag.number, tag]))
  const isMedia = tags.some(({ tag }) => MEDIA_TAGS.has(tag))
  const isMultivariant = tags.some(({ tag }) => MULTIVARIANT_TAGS.has(tag))
  const segments: JudgedSegment[] = []
  let pending: Tag[] = []
  let sequence = countOf(tags, 'EXT-X-MEDIA-SEQUENCE')
  let discontinuities = countOf(tags, 'EXT-X-DISCONTINUITY-SEQUENCE')
  let hasMap = false
  for (const line of lines) {
    const tag = byNumber.get(line.number)
    if (tag) pending.push(tag)
    if (line.kind !== 'uri' || isMultivariant) continue
    discontinuities += pending.filter((candidate) => candidate.tag === 'EXT-X-DISCONTINUITY').length
    hasMap ||= pending.some((candidate) => candidate.tag === 'EXT-X-MAP')
    const extinf = pending.find((candidate) => candidate.tag === 'EXTINF')
    segments.push({
      uri: line.text,
      line: line.number,
      tags: pending,
      seconds:
        extinf && /^\d+(\.\d*)?(,|$)/.test(extinf.value) ? Number.parseFloat(extinf.value) : Number.NaN,
      sequence: sequence++,
      discontinuities,
      hasMap,
    })
    pending = []
  }
  const kind = isMedia ? (isMultivariant ? 'both' : 'media') : isMultivariant ? 'multivariant' : 'neither'
  return { text, lines, tags, segments, trailing: pending, kind }
}

/** All tags of one name. */
export function tagsNamed({ tags }: { readonly tags: readonly Tag[] }, name: string): Tag[] {
  return tags.filter(({ tag }) => tag === name)
}

function withAttributes(line: LexedLine): Tag {
  const attributes = hasAttributes(line.tag)
    ? lexAttributes(line.value).attributes
    : new Map<string, string>()
  return { ...line, attributes }
}

function countOf(tags: readonly Tag[], name: string): number {
  const value = tags.find(({ tag }) => tag === name)?.value ?? ''
  return /^\d+$/.test(value) ? Number(value) : 0
}
