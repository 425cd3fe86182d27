/** What a player would fetch of a presentation, track by track, as HLS and as DASH say it; no code of ours. */

import { addressingOf, runsOf, seconds } from './dash/time.ts'
import { unquote } from './hls/lexer.ts'
import { judge, type Tag, tagsNamed } from './hls/playlist.ts'
import { childOf, childrenOf, type Tree, treeOf } from './xml-tree.ts'

/** Segments that share an init, nothing breaking between them. */
export interface Stretch {
  readonly init: string
  readonly segments: readonly Piece[]
}

/** One segment. */
export interface Piece {
  readonly url: string
  readonly seconds: number
  /** Presentation time, where the manifest says it. */
  readonly startSeconds?: number
}

/** A manifest's text and its tracks by what the URLs of their inits have in common, however they are protected. */
export interface ReadManifest {
  readonly texts: Readonly<Record<string, string>>
  readonly tracks: ReadonlyMap<string, readonly Stretch[]>
  /** Where Periods begin, in seconds. */
  readonly starts: readonly number[]
}

/** All Media Playlists; those of key frames and subtitles are read, their tracks are left to others. */
export async function readHls(url: string): Promise<ReadManifest> {
  const texts: Record<string, string> = { [url]: await fetchText(url) }
  const main = judge(texts[url] ?? '')
  const named = (tag: string): Tag[] =>
    tagsNamed(main, tag).filter(({ attributes }) => attributes.get('URI') !== undefined)
  const played = new Set([
    ...main.lines.filter(({ kind }) => kind === 'uri').map(({ text }) => text),
    ...named('EXT-X-MEDIA')
      .filter(({ attributes }) => attributes.get('TYPE') === 'AUDIO')
      .map(uriOf),
  ])
  const others = [...named('EXT-X-MEDIA'), ...named('EXT-X-I-FRAME-STREAM-INF')].map(uriOf)
  const tracks = new Map<string, Stretch[]>()
  for (const uri of new Set([...played, ...others])) {
    const at = resolve(uri, url)
    const text = await fetchText(at)
    texts[at] = text
    if (!played.has(uri)) continue
    const stretches = stretchesOf(text, at)
    tracks.set(trackOf(stretches), stretches)
  }
  return { texts, tracks, starts: [] }
}

function stretchesOf(text: string, at: string): Stretch[] {
  const stretches: { init: string; segments: Piece[] }[] = []
  let init = ''
  for (const { tags, uri, seconds: long } of judge(text).segments) {
    const map = tags.find(({ tag }) => tag === 'EXT-X-MAP')
    const breaks = tags.some(({ tag }) => tag === 'EXT-X-DISCONTINUITY')
    if (map) init = resolve(uriOf(map), at)
    if (map || breaks) stretches.push({ init, segments: [] })
    stretches.at(-1)?.segments.push({ url: resolve(uri, at), seconds: long })
  }
  return stretches
}

const uriOf = ({ attributes }: Tag): string => unquote(attributes.get('URI')) ?? ''
const resolve = (uri: string, at: string): string => new URL(uri, at).href
const trackOf = ([first]: readonly Stretch[]): string =>
  (first?.init ?? '').replace(/\/[^/]*$/, '').replace(/\/media\/[^/]+\//, '/media/')

/** All Representations of pictures and sound, Period by Period; key frames for winding are left to others. */
export async function readDash(url: string): Promise<ReadManifest> {
  const text = await fetchText(url)
  const mpd = treeOf(text)
  const tracks = new Map<string, Stretch[]>()
  for (const period of childrenOf(mpd, 'Period'))
    for (const set of childrenOf(period, 'AdaptationSet').filter(isPlayed))
      for (const representation of childrenOf(set, 'Representation')) {
        const stretch = stretchOf(representation, seconds(period.attributes['start']) ?? 0, url)
        const track = trackOf([stretch])
        tracks.set(track, [...(tracks.get(track) ?? []), stretch])
      }
  const starts = childrenOf(mpd, 'Period').map(({ attributes }) => seconds(attributes['start']) ?? 0)
  return { texts: { [url]: text }, tracks, starts }
}

const isPlayed = (set: Tree): boolean =>
  ['video', 'audio'].includes(set.attributes['contentType'] ?? '') &&
  !childrenOf(set, 'EssentialProperty').some(({ attributes }) =>
    attributes['schemeIdUri']?.includes('trickmode'),
  )

function stretchOf(representation: Tree, periodSeconds: number, at: string): Stretch {
  const where = addressingOf(representation)
  const { timescale = '1', presentationTimeOffset = '0', startNumber = '1' } = where?.attributes ?? {}
  const times = runsOf(where).flatMap(({ start, duration, count }) =>
    Array.from({ length: count }, (_, i) => ({ start: start + i * duration, duration })),
  )
  const listed = childrenOf(where, 'SegmentURL').map(({ attributes }) => attributes['media'] ?? '')
  const { media = '', initialization } = where?.attributes ?? {}
  const { sourceURL = '' } = childOf(where, 'Initialization')?.attributes ?? {}
  return {
    init: resolve(initialization ?? sourceURL, at),
    segments: times.map(({ start, duration }, i) => ({
      url: resolve(listed[i] ?? media.replace('$Number$', String(Number(startNumber) + i)), at),
      seconds: duration / Number(timescale),
      startSeconds: periodSeconds + (start - Number(presentationTimeOffset)) / Number(timescale),
    })),
  }
}

/** A stretch as one file. */
export async function fetchStretch({ init, segments }: Stretch): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for (const url of [init, ...segments.map((one) => one.url)]) {
    const response = await fetch(url)
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
    pieces.push(new Uint8Array(await response.arrayBuffer()))
  }
  return Buffer.concat(pieces)
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return response.text()
}
