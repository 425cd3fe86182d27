/** HLS as a source: a multivariant playlist with all its renditions of video and audio, or one media playlist. */
import { HeadendError } from '../../../lib/errors.ts'
import type { ReadMediaPlaylist } from '../../../lib/formats/hls/read-media.ts'
import { type ReadPlaylist, readPlaylist } from '../../../lib/formats/hls/read-playlist.ts'
import { CommandError } from '../../errors.ts'
import { type Fetcher, shownUrl } from './fetcher.ts'
import type { ListedSegment, ListedTrack, Resource, Source } from './source.ts'

/** A rendition, and where its playlist is. */
interface Rendition {
  readonly name: string
  readonly url: string
}

type Multivariant = Extract<ReadPlaylist, { readonly kind: 'multivariant' }>

/** Reads `first`, the answer of `url`, and keeps looking at the playlists it names. */
export function hlsSource(
  first: { readonly text: string; readonly url: string },
  fetcher: Fetcher,
  tell: (line: string) => void,
): Source {
  const top = readPlaylist(first.text, { query: queryOf(first.url) })
  const renditions =
    top.kind === 'media' ? [{ name: 'v1', url: first.url }] : renditionsOf(top, first.url, tell)
  const silent = new Map<string, number>()
  return {
    async look() {
      const read = await Promise.all(
        renditions
          .filter(({ name }) => (silent.get(name) ?? 0) < maxSilent)
          .map(async ({ name, url }) => {
            const answer = await fetcher.text(url)
            silent.set(name, answer ? 0 : (silent.get(name) ?? 0) + 1)
            if (silent.get(name) === maxSilent) tell(`${name}: left out, its playlist never came`)
            return answer && { name, playlist: mediaOf(answer, top.variables), url: answer.url }
          }),
      )
      const found = read.filter((one) => one !== undefined)
      if (found.length === 0) return undefined
      return {
        tracks: found.map(
          ({ name, playlist, url }): ListedTrack => ({
            name,
            segments: listed(playlist, url),
            live: !playlist.endList,
          }),
        ),
        live: found.length < read.length || found.some(({ playlist }) => !playlist.endList),
        refreshSeconds: Math.min(...found.map(({ playlist }) => playlist.targetSeconds ?? defaultSeconds)),
      }
    },
  }
}

/** A rendition whose playlist does not come so often, each time asked for several times, holds nothing up. */
const maxSilent = 5
const defaultSeconds = 6

function renditionsOf(
  { multivariant }: Multivariant,
  base: string,
  tell: (line: string) => void,
): readonly Rendition[] {
  const { variants, media } = multivariant
  const others = media.filter(({ facts }) => facts.uri !== undefined && facts.type === 'SUBTITLES')
  if (others.length > 0)
    tell(`left out: ${others.length} renditions of subtitles, which channels do not take yet`)
  const named = (letter: string, uris: readonly string[]): readonly Rendition[] =>
    [...new Set(uris.map((uri) => new URL(uri, base).href))].map((url, i) => ({
      name: `${letter}${i + 1}`,
      url,
    }))
  const audio = media.flatMap(({ facts: { type, uri } }) =>
    type === 'AUDIO' && uri !== undefined ? [uri] : [],
  )
  const found = named('a', audio)
  const own = named(
    'v',
    variants.map(({ facts }) => facts.uri),
  )
  // A variant of audio alone may be one of the group's renditions.
  return own.filter(({ url }) => found.every((other) => other.url !== url)).concat(found)
}

function mediaOf(
  { text, url }: { readonly text: string; readonly url: string },
  imports: ReadonlyMap<string, string>,
): ReadMediaPlaylist {
  const playlist = readPlaylist(text, { imports, query: queryOf(url) })
  if (playlist.kind !== 'media')
    throw new CommandError(
      'PUSH_SOURCE',
      `${shownUrl(url)}: expected a media playlist, got a multivariant one; push the URL that players open`,
    )
  const { segments } = playlist.media
  const locked = segments.find(({ keys }) => keys.length > 0)
  if (locked)
    throw new CommandError(
      'PUSH_ENCRYPTED',
      `${shownUrl(url)}: expected segments in the clear, got ${locked.keys[0]?.method} from segment ${locked.sequence} on; push what comes before its encryption`,
    )
  return playlist.media
}

function listed({ segments }: ReadMediaPlaylist, base: string): readonly ListedSegment[] {
  let startSeconds = 0
  return segments.flatMap(({ uri, byteRange, map, sequence, seconds, gap }) => {
    const at = startSeconds
    startSeconds += seconds
    // EXT-X-GAP (RFC 8216bis 4.4.4.7): it is not there, and nobody asks for it.
    if (gap) return []
    return [
      {
        ...resourceOf({ uri, ...(byteRange && { byteRange }) }, base),
        name: String(sequence),
        order: sequence,
        next: sequence + 1,
        startSeconds: at,
        ...(map && { init: resourceOf(map, base) }),
      },
    ]
  })
}

const resourceOf = (
  { uri, byteRange }: { readonly uri: string; readonly byteRange?: Resource['byteRange'] },
  base: string,
): Resource => ({ url: new URL(uri, base).href, ...(byteRange && { byteRange }) })

function queryOf(url: string): ReadonlyMap<string, string> {
  return new Map(new URL(url).searchParams)
}

/** Whether a text is a playlist, whatever its URL ends with. */
export function isPlaylist(text: string): boolean {
  try {
    readPlaylist(text)
    return true
  } catch (error) {
    if (error instanceof HeadendError) return false
    throw error
  }
}
