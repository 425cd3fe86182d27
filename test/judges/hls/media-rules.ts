/** Rules of a Media Playlist by itself: M1 to M12 as far as its text tells. */
import { type Broken, unquote } from './lexer.ts'
import { type JudgedPlaylist, type JudgedSegment, type Tag, tagsNamed } from './playlist.ts'

/** M1, M2, M3, M4, M6, M7, M8, M10, M11 and M12 of one fetch. */
export function mediaRules(playlist: JudgedPlaylist): Broken[] {
  return [
    ...durations(playlist),
    ...numbers(playlist),
    ...maps(playlist),
    ...byteRanges(playlist),
    ...keys(playlist),
    ...clocks(playlist),
    ...gaps(playlist),
    ...ends(playlist),
  ]
}

/** Milliseconds since 1970 of an ISO 8601 date with zone; NaN for anything else. */
function dateMs(text: string): number {
  return DATE.test(text) ? Date.parse(text) : Number.NaN
}

/** Wall clock of each segment by sequence number, as far as EXT-X-PROGRAM-DATE-TIME tells. */
export function clockOf({ segments }: JudgedPlaylist): Map<number, number> {
  const clock = new Map<number, number>()
  let next: number | undefined
  for (const { tags, seconds, sequence } of segments) {
    if (hasTag(tags, 'EXT-X-DISCONTINUITY')) next = undefined
    const said = tags.find(({ tag }) => tag === 'EXT-X-PROGRAM-DATE-TIME')
    if (said) next = dateMs(said.value)
    if (next === undefined) continue
    clock.set(sequence, next)
    next += seconds * 1000
  }
  return clock
}

/** Clocks are printed to the millisecond and EXTINF to the microsecond; sums of both may be this far apart. */
export const CLOCK_TOLERANCE_MS = 5

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,}(Z|[+-]\d\d:?\d\d)$/

function durations(playlist: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  const [target, ...others] = tagsNamed(playlist, 'EXT-X-TARGETDURATION')
  if (!target) broken.push({ rule: 'M1', why: 'no EXT-X-TARGETDURATION' })
  for (const { number } of others)
    broken.push({ rule: 'M1', line: number, why: 'EXT-X-TARGETDURATION twice' })
  if (target && !/^\d+$/.test(target.value)) {
    broken.push({ rule: 'M1', line: target.number, why: `not a whole number: ${target.value}` })
  }
  const longest = Number(target?.value)
  for (const { seconds, line, tags } of playlist.segments) {
    const count = tags.filter(({ tag }) => tag === 'EXTINF').length
    if (count !== 1 || Number.isNaN(seconds)) {
      broken.push({ rule: 'M2', line, why: `${count} EXTINF, duration ${seconds}` })
    } else if (Math.round(seconds) > longest) {
      broken.push({ rule: 'M1', line, why: `${seconds} s is longer than the target duration ${longest}` })
    }
  }
  for (const { number } of tagsNamed({ tags: playlist.trailing }, 'EXTINF')) {
    broken.push({ rule: 'M2', line: number, why: 'EXTINF without a URI' })
  }
  return broken
}

function numbers(playlist: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  const firstSegment = playlist.segments[0]?.line ?? Number.POSITIVE_INFINITY
  const firstBreak = tagsNamed(playlist, 'EXT-X-DISCONTINUITY')[0]?.number ?? Number.POSITIVE_INFINITY
  const once = [
    ['M3', 'EXT-X-MEDIA-SEQUENCE', firstSegment],
    ['M4', 'EXT-X-DISCONTINUITY-SEQUENCE', Math.min(firstSegment, firstBreak)],
  ] as const
  for (const [rule, name, limit] of once) {
    tagsNamed(playlist, name).forEach(({ number, value }, i) => {
      if (i > 0) broken.push({ rule, line: number, why: `${name} twice` })
      if (number > limit)
        broken.push({ rule, line: number, why: `${name} behind the first segment or break` })
      if (!/^\d+$/.test(value)) broken.push({ rule, line: number, why: `not a whole number: ${value}` })
    })
  }
  return broken
}

function maps(playlist: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  for (const { attributes, number } of tagsNamed(playlist, 'EXT-X-MAP')) {
    if (!attributes.has('URI')) broken.push({ rule: 'M6', line: number, why: 'EXT-X-MAP without URI' })
    const range = unquote(attributes.get('BYTERANGE'))
    if (range !== undefined && !/^\d+@\d+$/.test(range)) {
      broken.push({ rule: 'M6', line: number, why: `BYTERANGE is no n@o: ${range}` })
    }
  }
  for (const { uri, line, hasMap, tags } of playlist.segments) {
    if (FRAGMENTED.test(uri) && !hasMap && !hasTag(tags, 'EXT-X-GAP')) {
      broken.push({ rule: 'M6', line, why: 'fragmented MP4 without EXT-X-MAP' })
    }
  }
  return broken
}

const FRAGMENTED = /\.(m4s|mp4|m4v|m4a|cmfv|cmfa|cmft)(\?|$)/

function byteRanges({ segments }: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  let before: JudgedSegment | undefined
  for (const segment of segments) {
    const ranges = segment.tags.filter(({ tag }) => tag === 'EXT-X-BYTERANGE')
    for (const { value, number } of ranges) {
      if (!/^\d+(@\d+)?$/.test(value)) broken.push({ rule: 'M7', line: number, why: `no n[@o]: ${value}` })
      const continues = before?.uri === segment.uri && hasTag(before.tags, 'EXT-X-BYTERANGE')
      if (!value.includes('@') && !continues) {
        broken.push({
          rule: 'M7',
          line: number,
          why: 'no offset, and no range of the same resource before it',
        })
      }
    }
    if (ranges.length > 1) broken.push({ rule: 'M7', line: segment.line, why: 'two EXT-X-BYTERANGE' })
    before = segment
  }
  return broken
}

function keys({ segments, trailing }: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  for (const tags of [...segments.map((segment) => segment.tags), trailing]) {
    let here = new Map<string, Tag>()
    for (const tag of tags.filter((candidate) => candidate.tag === 'EXT-X-KEY')) {
      broken.push(...keyForm(tag))
      const format = unquote(tag.attributes.get('KEYFORMAT')) ?? 'identity'
      if (tag.attributes.get('METHOD') === 'NONE') {
        if (here.size > 0)
          broken.push({ rule: 'M8', line: tag.number, why: 'METHOD=NONE behind keys of one segment' })
        here = new Map()
        continue
      }
      if (here.has(format))
        broken.push({ rule: 'M8', line: tag.number, why: `two keys of ${format} for one segment` })
      for (const other of here.values()) {
        if (other.attributes.get('METHOD') !== tag.attributes.get('METHOD')) {
          broken.push({ rule: 'M8', line: tag.number, why: 'two METHODs for one segment' })
        }
      }
      here.set(format, tag)
    }
  }
  return broken
}

/** What is wrong with one EXT-X-KEY or EXT-X-SESSION-KEY. */
export function keyForm({ attributes, number }: Tag, rule = 'M8'): Broken[] {
  const method = attributes.get('METHOD')
  const iv = attributes.get('IV')
  const faults = [
    method === undefined ? 'no METHOD' : METHODS.has(method) ? undefined : `unknown METHOD ${method}`,
    method === 'NONE' && attributes.size > 1 ? 'METHOD=NONE with other attributes' : undefined,
    method !== 'NONE' && !attributes.has('URI') ? 'no URI' : undefined,
    iv !== undefined && !/^0[xX][0-9a-fA-F]{32}$/.test(iv) ? 'IV is not 128 bits' : undefined,
  ]
  return faults.flatMap((why) => (why === undefined ? [] : [{ rule, line: number, why }]))
}

const METHODS = new Set(['NONE', 'AES-128', 'AES-256', 'AES-256-CTR', 'SAMPLE-AES', 'SAMPLE-AES-CTR'])

function clocks(playlist: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  let next: number | undefined
  for (const { tags, seconds } of playlist.segments) {
    if (hasTag(tags, 'EXT-X-DISCONTINUITY')) next = undefined
    for (const { value, number } of tags.filter(({ tag }) => tag === 'EXT-X-PROGRAM-DATE-TIME')) {
      const said = dateMs(value)
      if (Number.isNaN(said)) {
        broken.push({ rule: 'M10', line: number, why: `no date with milliseconds and zone: ${value}` })
        continue
      }
      if (next !== undefined && Math.abs(said - next) > CLOCK_TOLERANCE_MS) {
        broken.push({ rule: 'M10', line: number, why: `${Math.round(said - next)} ms off the sum of EXTINF` })
      }
      next = said
    }
    if (next !== undefined) next += seconds * 1000
  }
  return broken
}

function gaps({ segments, trailing }: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  for (const { tags, line } of segments) {
    if (tags.filter(({ tag }) => tag === 'EXT-X-GAP').length > 1) {
      broken.push({ rule: 'M11', line, why: 'EXT-X-GAP twice' })
    }
  }
  for (const { tag, number, value } of [...segments.flatMap(({ tags }) => tags), ...trailing]) {
    if (tag === 'EXT-X-GAP' && value !== '')
      broken.push({ rule: 'M11', line: number, why: 'EXT-X-GAP with a value' })
  }
  for (const { number } of tagsNamed({ tags: trailing }, 'EXT-X-GAP')) {
    broken.push({ rule: 'M11', line: number, why: 'EXT-X-GAP without a segment' })
  }
  return broken
}

function ends(playlist: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  const types = tagsNamed(playlist, 'EXT-X-PLAYLIST-TYPE')
  const endLists = tagsNamed(playlist, 'EXT-X-ENDLIST')
  for (const { number, value } of types) {
    if (value !== 'VOD' && value !== 'EVENT') broken.push({ rule: 'M12', line: number, why: `type ${value}` })
  }
  for (const { number } of types.slice(1)) broken.push({ rule: 'M12', line: number, why: 'two types' })
  for (const { number } of endLists.slice(1))
    broken.push({ rule: 'M12', line: number, why: 'EXT-X-ENDLIST twice' })
  if (types[0]?.value === 'VOD' && endLists.length === 0) {
    broken.push({ rule: 'M12', why: 'VOD never changes, yet it has no EXT-X-ENDLIST' })
  }
  return broken
}

function hasTag(tags: readonly Tag[], name: string): boolean {
  return tags.some(({ tag }) => tag === name)
}
