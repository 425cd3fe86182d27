/** The judge of what playlists say of keys: sound ones pass, and every rule has one that breaks it. */
import { describe, expect, it } from 'vitest'
import { type KeyRule, keyClauses, keyRules, keyRunsOf, sessionKeyRules } from './key-rules.ts'

const kids = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210']
const clearKey = (kid = '', method = 'SAMPLE-AES') =>
  `METHOD=${method},URI="data:text/plain;base64,${Buffer.from(kid, 'hex').toString('base64')}"${method === 'SAMPLE-AES' ? `,IV=0x${'09'.repeat(16)}` : ''},KEYFORMAT="org.w3.clearkey",KEYFORMATVERSIONS="1"`
const fairPlay = (kid = '') =>
  `METHOD=SAMPLE-AES,URI="skd://film/${kid}",IV=0x${'09'.repeat(16)},KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"`
const keysOf = (kid = '') => `#EXT-X-KEY:${clearKey(kid)}\n#EXT-X-KEY:${fairPlay(kid)}\n`
const run = (kid: string | undefined, number: number) =>
  `${kid === undefined ? '#EXT-X-KEY:METHOD=NONE\n' : keysOf(kid)}#EXT-X-MAP:URI="${number}/i.mp4"\n#EXTINF:6,\n${number}/1.m4s\n#EXTINF:6,\n${number}/2.m4s\n`

const media = `#EXTM3U\n#EXT-X-TARGETDURATION:6\n${run(kids[0], 0)}${run(undefined, 1)}${run(kids[1], 2)}#EXT-X-ENDLIST\n`
const sessionKeys = keysOf(kids[0]).replaceAll('EXT-X-KEY', 'EXT-X-SESSION-KEY')
const main = `#EXTM3U\n${sessionKeys}#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n`

function swap(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`nothing to replace: ${String(from)}`)
  return changed
}

const broken: readonly (readonly [rule: KeyRule, of: string, media: string])[] = [
  ['key.set', 'a change without FairPlay', swap(media, `#EXT-X-KEY:${fairPlay(kids[1])}\n`, '')],
  [
    'key.set',
    'two keys at once',
    swap(media, clearKey(kids[1]), `${clearKey(kids[0])}\n#EXT-X-KEY:${clearKey(kids[1])}`),
  ],
  ['key.method', 'AES-128', swap(media, 'METHOD=SAMPLE-AES', 'METHOD=AES-128')],
  ['key.method', 'two of them', swap(media, clearKey(kids[1]), clearKey(kids[1], 'SAMPLE-AES-CTR'))],
  ['key.versions', 'none', swap(media, ',KEYFORMATVERSIONS="1"', '')],
  ['key.iv', 'none under cbcs', swap(media, /,IV=\w+/, '')],
  ['key.iv', 'one under cenc', swap(media, 'METHOD=SAMPLE-AES,', 'METHOD=SAMPLE-AES-CTR,')],
  ['key.map', 'none behind a change', swap(media, '#EXT-X-MAP:URI="2/i.mp4"\n', '')],
  ['key.map', 'none behind METHOD=NONE', swap(media, '#EXT-X-MAP:URI="1/i.mp4"\n', '')],
  ['key.fairplay', 'https', swap(media, 'skd://', 'https://')],
  ['key.fairplay', 'under cenc', swap(media, fairPlay(kids[0]), fairPlay(kids[0]).replace('AES', 'AES-CTR'))],
]

describe('the judge of keys in playlists', () => {
  it('finds nothing in sound ones', () => {
    expect(keyRules(media)).toEqual([])
    expect(sessionKeyRules(main, [media, '#EXTM3U\n#EXTINF:6,\n1.vtt\n'])).toEqual([])
  })

  it('tells which segments are under which key', () => {
    expect(keyRunsOf(media).map(({ kid, maps, segments }) => [kid, maps.length, segments[0]])).toEqual([
      [kids[0], 1, '0/1.m4s'],
      [undefined, 1, '1/1.m4s'],
      [kids[1], 1, '2/1.m4s'],
    ])
  })

  it.each(broken)('finds %s: %s', (rule, _of, text) => {
    expect(keyRules(text).map((one) => one.rule)).toContain(rule)
  })

  it.each([
    ['one missing', swap(main, `#EXT-X-SESSION-KEY:${fairPlay(kids[0])}\n`, '')],
    ['another IV', swap(main, `0x${'09'.repeat(16)}`, `0x${'0a'.repeat(16)}`)],
    [
      'a later one',
      swap(main, sessionKeys, sessionKeys + sessionKeys.replaceAll(kids[0] ?? '', kids[1] ?? '')),
    ],
    ['one twice', swap(main, sessionKeys, sessionKeys + sessionKeys)],
  ])('finds key.session: %s', (_of, text) => {
    expect(sessionKeyRules(text, [media]).map(({ rule }) => rule)).toContain('key.session')
  })

  it('has broken playlists for every rule', () => {
    const shown = new Set<string>(broken.map(([rule]) => rule)).add('key.session')
    expect(Object.keys(keyClauses).filter((rule) => !shown.has(rule))).toEqual([])
  })
})
