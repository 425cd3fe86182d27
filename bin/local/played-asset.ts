/** A film as this headend plays it, taken from its own HLS output: one rendition of video, and the audio beside it. */
import { readPlaylist } from '../../lib/formats/hls/read-playlist.ts'
import { type FeedTrack, readFeedSegment } from '../../lib/packaging/index.ts'
import { CommandError } from '../errors.ts'
import type { PlayedAsset } from './looped-asset.ts'

/** Fetches all of it: the demo film has 22 MB. `url` is that of its multivariant playlist. */
export async function playedAsset(url: string, signal: AbortSignal): Promise<PlayedAsset> {
  const playlist = readPlaylist(await text(url, signal))
  const variant = playlist.kind === 'multivariant' ? playlist.multivariant.variants[0]?.facts : undefined
  if (playlist.kind !== 'multivariant' || !variant)
    throw unreadable(url, 'a multivariant playlist with a variant', playlist.kind)
  const audio = playlist.multivariant.media.find(
    ({ facts }) => facts.type === 'AUDIO' && facts.groupId === variant.audio && facts.uri !== undefined,
  )?.facts.uri
  const segments = (uri: string | undefined): Promise<readonly FeedTrack[]> =>
    uri === undefined ? Promise.resolve([]) : segmentsAt(new URL(uri, url).href, signal)
  return { video: await segments(variant.uri), audio: await segments(audio) }
}

async function segmentsAt(url: string, signal: AbortSignal): Promise<readonly FeedTrack[]> {
  const playlist = readPlaylist(await text(url, signal))
  if (playlist.kind !== 'media') throw unreadable(url, 'a media playlist', playlist.kind)
  const found: FeedTrack[] = []
  let init = { uri: '', bytes: new Uint8Array(0) }
  for (const { uri, map } of playlist.media.segments) {
    if (map && map.uri !== init.uri)
      init = { uri: map.uri, bytes: await bytes(new URL(map.uri, url), signal) }
    const media = await bytes(new URL(uri, url), signal)
    const [track] = await readFeedSegment(uri, init.bytes, media)
    if (track) found.push(track)
  }
  return found
}

async function answer(url: URL | string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal })
  if (response.ok) return response
  throw unreadable(String(url), 'an answer', String(response.status))
}

const text = async (url: string, signal: AbortSignal): Promise<string> => (await answer(url, signal)).text()
const bytes = async (url: URL, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await answer(url, signal)).arrayBuffer())

const unreadable = (url: string, expected: string, got: string): CommandError =>
  new CommandError('PUSH_SOURCE', `${url}: expected ${expected}, got ${got}`)
