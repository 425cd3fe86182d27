/** What playlists say of keys, judged by RFC 8216bis 4.4.4.4, 4.4.4.5 and 4.4.6.5 beyond each tag's form. */

import { bytesOf, playReadyKids, psshOf, widevine } from '../media/key-ids.ts'
import { type Broken, unquote } from './lexer.ts'
import { judge, type Tag, tagsNamed } from './playlist.ts'

/** Each rule by a name of its own. */
export const keyClauses = {
  'key.set': '4.4.4.4: a change of keys names every KEYFORMAT anew, and one key in all of them',
  'key.method': '4.4.4.4: SAMPLE-AES is cbcs, SAMPLE-AES-CTR is cenc: one of them throughout',
  'key.versions': '4.4.4.4: KEYFORMATVERSIONS beside KEYFORMAT',
  'key.iv': 'CMAF 8.2, 4.4.4.4: an IV in all keys of cbcs, in none of cenc',
  'key.map': '4.4.4.5: an init segment follows each change of keys, for its own key',
  'key.fairplay': 'FairPlay Streaming: skd, and cbcs alone',
  'key.session': '4.4.6.5: the first keys of each playlist are session keys, in the same words',
} as const

/** Name of a rule. */
export type KeyRule = keyof typeof keyClauses

/** Segments under one set of keys. */
export interface KeyRun {
  readonly keys: readonly Tag[]
  /** Of the first segment. */
  readonly line: number
  /** 32 hex digits, as the keys say; undefined where the segments are clear or nothing tells. */
  readonly kid: string | undefined
  /** As in the playlist. */
  readonly maps: readonly string[]
  readonly segments: readonly string[]
}

const formats = {
  widevine: `urn:uuid:${widevine}`,
  playReady: 'com.microsoft.playready',
  fairPlay: 'com.apple.streamingkeydelivery',
}

/** Rules of one Media Playlist. */
export function keyRules(text: string): Broken[] {
  const list: Broken[] = []
  const want = (holds: boolean, rule: KeyRule, { number }: { readonly number: number }, why: string) => {
    if (!holds) list.push({ rule, line: number, why })
  }
  const runs = keyRunsOf(text)
  const first = runs.find(({ keys }) => keys.length > 0)
  const method = first?.keys[0]?.attributes.get('METHOD')
  for (const { keys, maps, line } of runs) {
    const [lead] = keys
    want(!first || maps.length > 0, 'key.map', { number: line }, 'no EXT-X-MAP before the first segment')
    if (!lead || !first) continue
    const named = keys.map(formatOf)
    const wanted = first.keys.map(formatOf).toSorted()
    want(
      named.toSorted().join() === wanted.join(),
      'key.set',
      lead,
      `${named.join(' ')} where ${wanted.join(' ')}`,
    )
    const kids = new Set(keys.flatMap((key) => kidOf(key) ?? []))
    want(kids.size < 2, 'key.set', lead, `keys of ${[...kids].join(' and ')}`)
    for (const key of keys) {
      const said = key.attributes.get('METHOD')
      const isKnown = said === 'SAMPLE-AES' || said === 'SAMPLE-AES-CTR'
      want(isKnown && said === method, 'key.method', key, `${said} where ${method}`)
      want(
        key.attributes.has('KEYFORMAT') && key.attributes.has('KEYFORMATVERSIONS'),
        'key.versions',
        key,
        'none',
      )
      want(key.attributes.has('IV') === (said === 'SAMPLE-AES'), 'key.iv', key, `${said}`)
      const isFairPlay = formatOf(key) === formats.fairPlay
      const skd = uriOf(key).startsWith('skd://')
      want(
        isFairPlay === skd && (!isFairPlay || said === 'SAMPLE-AES'),
        'key.fairplay',
        key,
        `${said} ${uriOf(key)}`,
      )
    }
  }
  return list
}

/** Rules of a Multivariant Playlist with its Media Playlists. */
export function sessionKeyRules(text: string, media: readonly string[]): Broken[] {
  const session = tagsNamed(judge(text), 'EXT-X-SESSION-KEY')
  const first = media.flatMap((one) => keyRunsOf(one).find(({ keys }) => keys.length > 0)?.keys ?? [])
  const [wanted, said] = [first, session].map((keys) => new Set(keys.map(wordsOf)))
  const missing = [...(wanted ?? [])].filter((one) => !said?.has(one))
  const extra = [...(said ?? [])].filter((one) => !wanted?.has(one))
  return [
    ...missing.map((one) => ({ rule: 'key.session', why: `no session key ${one}` })),
    ...extra.map((one) => ({ rule: 'key.session', why: `a session key nobody begins with: ${one}` })),
    ...(session.length > (said?.size ?? 0) ? [{ rule: 'key.session', why: 'one of them twice' }] : []),
  ]
}

/** A playlist's segments by the keys in force. */
export function keyRunsOf(text: string): KeyRun[] {
  const runs: (KeyRun & { readonly maps: string[]; readonly segments: string[] })[] = []
  for (const { tags, uri, line } of judge(text).segments) {
    const all = tags.filter(({ tag }) => tag === 'EXT-X-KEY')
    const keys = all.filter(({ attributes }) => attributes.get('METHOD') !== 'NONE')
    if (all.length > 0 || runs.length === 0) {
      const kid = keys.map(kidOf).find((one) => one !== undefined)
      runs.push({ keys, kid, line, maps: [], segments: [] })
    }
    const run = runs.at(-1)
    run?.maps.push(...tags.filter(({ tag }) => tag === 'EXT-X-MAP').map(uriOf))
    run?.segments.push(uri)
  }
  return runs
}

/** The key id a tag names; undefined where its format keeps that to itself. */
function kidOf(tag: Tag): string | undefined {
  const uri = uriOf(tag)
  const [, data = ''] = uri.split(';base64,')
  switch (formatOf(tag)) {
    case formats.widevine:
      return psshOf(data)?.kids[0]
    case formats.playReady:
      return playReadyKids(bytesOf(data) ?? Buffer.alloc(0))[0]
    case 'org.w3.clearkey':
      return bytesOf(data)?.toString('hex')
    case 'identity':
      return /\/([0-9a-f]{32})$/.exec(uri)?.[1]
    default:
      return undefined
  }
}

const formatOf = ({ attributes }: Tag): string => unquote(attributes.get('KEYFORMAT')) ?? 'identity'
const uriOf = ({ attributes }: Tag): string => unquote(attributes.get('URI')) ?? ''
const wordsOf = ({ attributes }: Tag): string =>
  [...attributes]
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join()
