/**
 * HLS judged by the rules of RFC 8216bis and Apple's authoring specification (ids as in the corpus's rules.tsv),
 * with eyes of its own: nothing of `lib/formats` is used, so that it can fail us.
 */
import { dateRangeRules } from './date-range-rules.ts'
import { type Broken, unquote } from './lexer.ts'
import { mediaRules } from './media-rules.ts'
import { multivariantRules } from './multivariant-rules.ts'
import { type JudgedPlaylist, judge, tagsNamed } from './playlist.ts'
import { reloadRules } from './reload-rules.ts'
import { textRules } from './text-rules.ts'

/** Broken rules of a Media Playlist, and of its reload where the fetch before it is given. */
export function checkMediaPlaylist(
  text: string,
  { previous }: { readonly previous?: string } = {},
): Broken[] {
  const playlist = judge(text)
  const before = previous === undefined ? undefined : judge(previous)
  const notMedia: Broken[] =
    playlist.kind === 'media' ? [] : [{ rule: 'P2', why: `expected media, got ${playlist.kind}` }]
  return [
    ...notMedia,
    ...textRules(playlist),
    ...mediaRules(playlist),
    ...dateRangeRules(playlist, before),
    ...(before ? reloadRules(before, playlist) : []),
  ]
}

/** Broken rules of a Multivariant Playlist and of it with those Media Playlists, by the URI it names them with. */
export function checkMultivariant(
  text: string,
  mediaPlaylists: Readonly<Record<string, string>> = {},
): Broken[] {
  const playlist = judge(text)
  const notMultivariant: Broken[] =
    playlist.kind === 'multivariant'
      ? []
      : [{ rule: 'P2', why: `expected multivariant, got ${playlist.kind}` }]
  const media = Object.entries(mediaPlaylists).map(([uri, body]) => ({ uri, judged: judge(body) }))
  return [
    ...notMultivariant,
    ...textRules(playlist),
    ...multivariantRules(playlist),
    ...together(playlist, media),
  ]
}

interface Named {
  readonly uri: string
  readonly judged: JudgedPlaylist
}

function together(playlist: JudgedPlaylist, media: readonly Named[]): Broken[] {
  return [
    ...imports(playlist, media),
    ...clocksAgree(media),
    ...typesAgree(media),
    ...breaksAgree(media),
    ...sessionKeysAgree(playlist, media),
    ...iFramesAgree(playlist, media),
  ]
}

function imports(playlist: JudgedPlaylist, media: readonly Named[]): Broken[] {
  const defined = new Set(
    tagsNamed(playlist, 'EXT-X-DEFINE').flatMap(({ attributes }) =>
      ['NAME', 'QUERYPARAM'].flatMap((name) => unquote(attributes.get(name)) ?? []),
    ),
  )
  return media.flatMap(({ judged }) => textRules(judged, defined).filter(({ rule }) => rule === 'V10'))
}

/** M10: where one playlist has wall clocks, all have them. */
function clocksAgree(media: readonly Named[]): Broken[] {
  const without = media.filter(({ judged }) => tagsNamed(judged, 'EXT-X-PROGRAM-DATE-TIME').length === 0)
  if (without.length === 0 || without.length === media.length) return []
  return without.map(({ uri }) => ({
    rule: 'M10',
    why: `${uri} has no EXT-X-PROGRAM-DATE-TIME, others have`,
  }))
}

/** M12: playlists of one presentation are of one type and end together. */
function typesAgree(media: readonly Named[]): Broken[] {
  const kinds = new Set(
    media.map(({ judged }) => {
      const type = tagsNamed(judged, 'EXT-X-PLAYLIST-TYPE')[0]?.value ?? 'live'
      return `${type}${tagsNamed(judged, 'EXT-X-ENDLIST').length > 0 ? ', ended' : ''}`
    }),
  )
  return kinds.size > 1 ? [{ rule: 'M12', why: `types differ: ${[...kinds].join(' / ')}` }] : []
}

/** M4: complete playlists break at the same instants (RFC 8216bis 6.2.4); sound may end a frame off the picture. */
function breaksAgree(media: readonly Named[]): Broken[] {
  const complete = media.filter(
    ({ judged }) => tagsNamed(judged, 'EXT-X-ENDLIST').length > 0 && judged.segments[0]?.sequence === 0,
  )
  const [first, ...others] = complete.map(({ uri, judged }) => ({ uri, at: breaks(judged) }))
  if (!first) return []
  return others.flatMap(({ uri, at }) =>
    at.length === first.at.length && at.every((time, i) => Math.abs(time - (first.at[i] ?? 0)) < 0.5)
      ? []
      : [
          {
            rule: 'M4',
            why: `${uri} breaks at ${at.join(', ')} s, ${first.uri} at ${first.at.join(', ')} s`,
          },
        ],
  )
}

function breaks({ segments }: JudgedPlaylist): number[] {
  const times: number[] = []
  let time = 0
  for (const { tags, seconds } of segments) {
    if (tags.some(({ tag }) => tag === 'EXT-X-DISCONTINUITY')) times.push(time)
    time += seconds
  }
  return times
}

const said = (attributes: ReadonlyMap<string, string>) =>
  ['METHOD', 'KEYFORMAT', 'KEYFORMATVERSIONS'].map((name) => attributes.get(name)).join()

function sessionKeysAgree(playlist: JudgedPlaylist, media: readonly Named[]): Broken[] {
  const session = tagsNamed(playlist, 'EXT-X-SESSION-KEY')
  if (session.length === 0) return []
  const formats = new Set(session.map(({ attributes }) => attributes.get('KEYFORMAT') ?? '"identity"'))
  const broken = new Map<string, Broken>()
  for (const { uri, judged } of media) {
    for (const { attributes } of tagsNamed(judged, 'EXT-X-KEY')) {
      if (attributes.get('METHOD') === 'NONE') continue
      const format = attributes.get('KEYFORMAT') ?? '"identity"'
      if (!formats.has(format))
        broken.set(format, { rule: 'V8', why: `${format} of ${uri} has no session key` })
      const same = session.find((tag) => tag.attributes.get('URI') === attributes.get('URI'))
      if (same && said(same.attributes) !== said(attributes)) {
        broken.set(uri, { rule: 'V8', line: same.number, why: `differs from EXT-X-KEY of ${uri}` })
      }
    }
  }
  return [...broken.values()]
}

function iFramesAgree(playlist: JudgedPlaylist, media: readonly Named[]): Broken[] {
  const named = new Set(
    tagsNamed(playlist, 'EXT-X-I-FRAME-STREAM-INF').map(({ attributes }) => unquote(attributes.get('URI'))),
  )
  return media.flatMap(({ uri, judged }) => {
    const isIFrames = tagsNamed(judged, 'EXT-X-I-FRAMES-ONLY').length > 0
    if (isIFrames && named.has(uri)) return iFrameTimes(uri, judged, media)
    return isIFrames === named.has(uri) ? [] : [{ rule: 'V6', why: `${uri}: I-frames only is ${isIFrames}` }]
  })
}

/** M15: an EXTINF lasts until the next I-frame, so that together they last as long as the pictures. */
function iFrameTimes(uri: string, judged: JudgedPlaylist, media: readonly Named[]): Broken[] {
  if (tagsNamed(judged, 'EXT-X-ENDLIST').length === 0) return []
  const length = lengthOf(judged)
  const others = media
    .filter((one) => tagsNamed(one.judged, 'EXT-X-I-FRAMES-ONLY').length === 0)
    .map((one) => lengthOf(one.judged))
  if (others.length === 0 || others.some((other) => Math.abs(other - length) < 1)) return []
  return [{ rule: 'M15', why: `${uri} lasts ${length} s, the others ${others.join(', ')} s` }]
}

const lengthOf = ({ segments }: JudgedPlaylist): number =>
  segments.reduce((sum, { seconds }) => sum + seconds, 0)
