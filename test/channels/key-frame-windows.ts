/** Windows of a channel with key frames, printed from rows in memory. */
import { liveSource } from '../../lib/channels/source/live-source.ts'
import { respond } from '../../lib/delivery/index.ts'
import type { LiveHead, LiveTrack } from '../../lib/timeline/live/head.ts'
import { manifestPath, playlistUris } from './feeds.ts'
import { headOf, type memoryRoom } from './memory-room.ts'

/** A video of so many lines; its timescale is a memory room's. */
export const video = (
  place: number,
  height: number,
  codec = 'avc1.64001f',
  more: Partial<LiveTrack> = {},
): LiveTrack => ({
  id: `video-${place}`,
  type: 'video',
  timescale: 1000,
  roles: ['main'],
  bandwidth: { peak: height * 4000, average: height * 3000 },
  configs: [{ id: 'c', codec, width: (height * 16) / 9, height, frameRate: [25, 1] }],
  keyFrames: { bandwidth: { peak: height * 400, average: height * 200 }, frameRate: [1, 2] },
  ...more,
})

/** Audio beside it. */
export const audio = (place: number): LiveTrack => ({
  id: `audio-${place}`,
  type: 'audio',
  timescale: 1000,
  roles: ['main'],
  bandwidth: { peak: 128_000, average: 128_000 },
  configs: [{ id: 'c', codec: 'mp4a.40.2', sampleRate: 48_000, channels: 2 }],
})

/** A head with these tracks. */
export const headWith = (tracks: readonly LiveTrack[], beganSeconds: number): LiveHead => ({
  ...headOf([], beganSeconds),
  tracks,
})

/** All manifests of a window. */
export interface PrintedWindow {
  readonly top: string
  readonly mpd: string
  /** By track id. */
  readonly media: Readonly<Record<string, string>>
  /** The same by the URIs that the multivariant playlist names. */
  readonly byUri: Readonly<Record<string, string>>
}

/** Prints what a room shows at its time, as a function does that has just started. */
export async function printedWindow(
  { ports, object, clock }: ReturnType<typeof memoryRoom>,
  query = '',
): Promise<PrintedWindow> {
  const source = liveSource({ live: ports.live, now: () => clock.nowMs })
  const reader = { current: async () => undefined, object: async (key: string) => object(key) }
  const get = async (path: string, asked = '') => {
    const request = { method: 'GET', path: manifestPath(path), query: asked }
    const { status, body } = await respond(request, reader, [source])
    if (status !== 200) throw new Error(`${path}?${asked}: ${status} ${body}`)
    return body
  }
  const top = await get('index.m3u8', query)
  const uris = playlistUris(top)
  const texts = await Promise.all(uris.map((uri) => get(uri)))
  return {
    top,
    mpd: await get('index.mpd', query),
    media: Object.fromEntries(uris.map((uri, i) => [uri.split('/').at(-2) ?? '', texts[i] ?? ''])),
    byUri: Object.fromEntries(uris.map((uri, i) => [uri, texts[i] ?? ''])),
  }
}
