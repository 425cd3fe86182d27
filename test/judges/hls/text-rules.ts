/** Rules of any playlist: P1, P2, P4, P6, V10, V11. */
import { formFault, hasAttributes } from './attributes.ts'
import { type Broken, lexAttributes, unquote } from './lexer.ts'
import { type JudgedPlaylist, tagsNamed } from './playlist.ts'

/** P1, P2, P4, P6, V10 and V11 of one playlist; `imports` are the names its Multivariant Playlist defines. */
export function textRules(playlist: JudgedPlaylist, imports?: ReadonlySet<string>): Broken[] {
  return [
    ...bytes(playlist),
    ...kinds(playlist),
    ...lists(playlist),
    ...versions(playlist),
    ...variables(playlist, imports),
    ...common(playlist),
  ]
}

function bytes({ text, lines }: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  if (lines[0]?.text !== '#EXTM3U') broken.push({ rule: 'P1', line: 1, why: 'the first line is not #EXTM3U' })
  if (text.startsWith('\ufeff')) broken.push({ rule: 'P1', line: 1, why: 'a byte order mark' })
  if (!text.isWellFormed() || text.includes('\ufffd')) broken.push({ rule: 'P1', why: 'not UTF-8' })
  for (const { text: line, number } of lines) {
    if (/\p{Cc}/u.test(line)) broken.push({ rule: 'P1', line: number, why: 'a control character' })
  }
  return broken
}

function kinds({ kind, segments, tags }: JudgedPlaylist): Broken[] {
  if (kind === 'both') return [{ rule: 'P2', why: 'tags of a Media and of a Multivariant Playlist' }]
  const isNothing = kind === 'neither' && (segments.length > 0 || tags.length === 0)
  return isNothing ? [{ rule: 'P2', why: 'tags of neither kind of playlist' }] : []
}

function lists({ tags }: JudgedPlaylist): Broken[] {
  return tags
    .filter(({ tag }) => hasAttributes(tag))
    .flatMap(({ tag, value, attributes, number }) =>
      [
        ...lexAttributes(value).faults,
        ...[...attributes].map(([name, raw]) => formFault(tag, name, raw)),
      ].flatMap((why) => (why === undefined ? [] : [{ rule: 'P4', line: number, why: `${tag}: ${why}` }])),
    )
}

function versions(playlist: JudgedPlaylist): Broken[] {
  const tags = tagsNamed(playlist, 'EXT-X-VERSION')
  const broken: Broken[] = tags
    .slice(1)
    .map(({ number }) => ({ rule: 'P6', line: number, why: 'said twice' }))
  const said = tags[0] ? Number(tags[0].value) : 1
  if (!Number.isInteger(said) || said < 1) broken.push({ rule: 'P6', why: `no version: ${tags[0]?.value}` })
  for (const [version, what] of needs(playlist)) {
    if (said < version) broken.push({ rule: 'P6', why: `${what} needs version ${version}, got ${said}` })
  }
  return broken
}

function needs(playlist: JudgedPlaylist): [number, string][] {
  const { tags, text } = playlist
  const has = (
    name: string,
    test: (attributes: ReadonlyMap<string, string>, value: string) => boolean = () => true,
  ) => tags.some(({ tag, attributes, value }) => tag === name && test(attributes, value))
  const isIFrames = has('EXT-X-I-FRAMES-ONLY')
  const table: [number, string, boolean][] = [
    [2, 'IV', has('EXT-X-KEY', (a) => a.has('IV')) || has('EXT-X-SESSION-KEY', (a) => a.has('IV'))],
    [3, 'a fractional EXTINF', has('EXTINF', (_, value) => /^\d+\.\d/.test(value))],
    [4, 'EXT-X-BYTERANGE', has('EXT-X-BYTERANGE')],
    [4, 'EXT-X-I-FRAMES-ONLY', isIFrames],
    [5, 'KEYFORMAT', tags.some(({ attributes: a }) => a.has('KEYFORMAT') || a.has('KEYFORMATVERSIONS'))],
    [isIFrames ? 5 : 6, 'EXT-X-MAP', has('EXT-X-MAP')],
    [
      7,
      'INSTREAM-ID of CEA-708',
      has('EXT-X-MEDIA', (a) => a.get('INSTREAM-ID')?.startsWith('"SERVICE') === true),
    ],
    [8, 'a variable', has('EXT-X-DEFINE') || /\{\$[A-Za-z0-9_-]+\}/.test(text)],
    [9, 'EXT-X-SKIP', has('EXT-X-SKIP')],
    [
      10,
      'RECENTLY-REMOVED-DATERANGES',
      has('EXT-X-SKIP', (_, v) => v.includes('RECENTLY-REMOVED-DATERANGES=')),
    ],
    [11, 'QUERYPARAM', has('EXT-X-DEFINE', (a) => a.has('QUERYPARAM'))],
    [
      12,
      'a REQ- attribute',
      tags.some(({ attributes }) => [...attributes.keys()].some((k) => k.startsWith('REQ-'))),
    ],
    [
      13,
      'INSTREAM-ID besides captions',
      has('EXT-X-MEDIA', (a) => a.has('INSTREAM-ID') && a.get('TYPE') !== 'CLOSED-CAPTIONS'),
    ],
  ]
  return table.flatMap(([version, what, isUsed]) => (isUsed ? [[version, what] as [number, string]] : []))
}

function variables(playlist: JudgedPlaylist, imports: ReadonlySet<string> | undefined): Broken[] {
  const broken: Broken[] = []
  const defined = new Set<string>()
  const tags = new Map(playlist.tags.map((tag) => [tag.number, tag]))
  const define = (name: string, line: number): void => {
    if (defined.has(name)) broken.push({ rule: 'V10', line, why: `${name} defined twice` })
    defined.add(name)
  }
  for (const { text, number, kind } of playlist.lines) {
    const tag = tags.get(number)
    if (tag?.tag === 'EXT-X-DEFINE') {
      const [name, value, imported, query] = ['NAME', 'VALUE', 'IMPORT', 'QUERYPARAM'].map((key) =>
        unquote(tag.attributes.get(key)),
      )
      if ([name, imported, query].filter((key) => key !== undefined).length !== 1) {
        broken.push({ rule: 'V10', line: number, why: 'not exactly one of NAME, IMPORT, QUERYPARAM' })
      }
      if (name !== undefined && value === undefined)
        broken.push({ rule: 'V10', line: number, why: 'NAME, no VALUE' })
      if (imported !== undefined && playlist.kind !== 'media') {
        broken.push({ rule: 'V10', line: number, why: 'IMPORT outside a Media Playlist' })
      }
      if (imported !== undefined && imports && !imports.has(imported)) {
        broken.push({ rule: 'V10', line: number, why: `${imported} is imported but not defined` })
      }
      define(name ?? imported ?? query ?? '', number)
    } else if (kind === 'tag' || kind === 'uri') {
      for (const [, name = ''] of text.matchAll(/\{\$([A-Za-z0-9_-]+)\}/g)) {
        if (!defined.has(name)) broken.push({ rule: 'V10', line: number, why: `{$${name}} is not defined` })
      }
    }
  }
  return broken
}

function common(playlist: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  for (const name of ['EXT-X-INDEPENDENT-SEGMENTS', 'EXT-X-START']) {
    for (const { number } of tagsNamed(playlist, name).slice(1)) {
      broken.push({ rule: 'V11', line: number, why: `${name} twice` })
    }
  }
  for (const { attributes, number } of tagsNamed(playlist, 'EXT-X-START')) {
    if (!attributes.has('TIME-OFFSET')) broken.push({ rule: 'V11', line: number, why: 'no TIME-OFFSET' })
  }
  for (const { value, number } of tagsNamed(playlist, 'EXT-X-INDEPENDENT-SEGMENTS')) {
    if (value !== '')
      broken.push({ rule: 'V11', line: number, why: 'EXT-X-INDEPENDENT-SEGMENTS with a value' })
  }
  return broken
}
