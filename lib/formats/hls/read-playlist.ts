/** Reads any playlist without loss: its unmodified lines, and the data parsed from them. */
import { HeadendError } from '../../errors.ts'
import { readAttributeList } from './attribute-list.ts'
import { type VariableSources, Variables } from './define.ts'
import { type PlaylistLine, readLines, writeLines } from './lines.ts'
import { type PlaylistProblem, problemError, type Report } from './problem.ts'
import { type Reading, type ReadMediaPlaylist, readMediaPlaylist } from './read-media.ts'
import { type ReadMultivariantPlaylist, readMultivariantPlaylist } from './read-multivariant.ts'

/** A parsed playlist. `lines` are what is written back; the rest is a view of them. */
export type ReadPlaylist = {
  readonly lines: readonly PlaylistLine[]
  /** Faults that did not prevent parsing, in the order of their lines; at most a hundred. */
  readonly problems: readonly PlaylistProblem[]
  readonly variables: ReadonlyMap<string, string>
} & (
  | { readonly kind: 'media'; readonly media: ReadMediaPlaylist }
  | { readonly kind: 'multivariant'; readonly multivariant: ReadMultivariantPlaylist }
)

/** The sources of variables, and the handling of faults. */
export interface ReadOptions extends VariableSources {
  /** If true, a fault is an error. @default false: faults are listed, and the playlist is read as players read it */
  readonly strict?: boolean
}

/** Parses any playlist; refuses other text. */
export function readPlaylist(text: string, { strict = false, ...sources }: ReadOptions = {}): ReadPlaylist {
  const lines = readLines(text)
  refuseOtherText(lines)
  const problems: PlaylistProblem[] = []
  const report: Report = (code, line, message) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ code, line, message })
  }
  const variables = new Variables(sources, report)
  const reading: Reading = { replace: variables.replace, report }
  checkHead(lines, report)
  const kind = kindOf(lines, report)
  lines.forEach(({ tag, value }, i) => {
    if (tag === 'EXT-X-DEFINE') {
      variables.define(readAttributeList(value, { replace: (same) => same, report, line: i + 1 }), i + 1)
    }
  })
  const common = { lines, problems, variables: variables.values }
  const playlist: ReadPlaylist =
    kind === 'media'
      ? { ...common, kind, media: readMediaPlaylist(lines, reading) }
      : { ...common, kind, multivariant: readMultivariantPlaylist(lines, reading) }
  problems.sort((a, b) => a.line - b.line)
  const [first] = problems
  if (strict && first) throw problemError(first)
  return playlist
}

/** The text of its lines, identical to the input byte for byte. */
export function writePlaylist({ lines }: Pick<ReadPlaylist, 'lines'>): string {
  return writeLines(lines)
}

const MAX_PROBLEMS = 100

function refuseOtherText(lines: readonly PlaylistLine[]): void {
  if (lines.some(({ kind }) => kind === 'tag')) return
  const first = lines.find(({ kind }) => kind !== 'blank')?.text.trim() ?? ''
  throw new HeadendError(
    'HLS_NOT_A_PLAYLIST',
    `expected #EXTM3U or another tag, got ${first === '' ? 'no text' : JSON.stringify(first.slice(0, 40))}`,
  )
}

function checkHead(lines: readonly PlaylistLine[], report: Report): void {
  if (lines[0]?.text.startsWith('\ufeff'))
    report('HLS_BYTE_ORDER', 1, 'a byte order mark in front of #EXTM3U')
  if (lines[0]?.tag !== 'EXTM3U') report('HLS_HEADER_MISSING', 1, 'the first line is not #EXTM3U')
}

const VARIANT_TAGS = new Set([
  'EXT-X-STREAM-INF',
  'EXT-X-I-FRAME-STREAM-INF',
  'EXT-X-MEDIA',
  'EXT-X-SESSION-DATA',
  'EXT-X-SESSION-KEY',
  'EXT-X-CONTENT-STEERING',
])
const SEGMENT_TAGS = new Set([
  'EXTINF',
  'EXT-X-TARGETDURATION',
  'EXT-X-MEDIA-SEQUENCE',
  'EXT-X-ENDLIST',
  'EXT-X-MAP',
])

function kindOf(lines: readonly PlaylistLine[], report: Report): 'media' | 'multivariant' {
  const variant = lines.findIndex(({ tag }) => VARIANT_TAGS.has(tag))
  const segment = lines.findIndex(({ tag }) => SEGMENT_TAGS.has(tag))
  if (variant >= 0 && segment >= 0) {
    report('HLS_KIND_MIXED', Math.max(variant, segment) + 1, 'tags of a Media and of a Multivariant Playlist')
  }
  return variant >= 0 ? 'multivariant' : 'media'
}
