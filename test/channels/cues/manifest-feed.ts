/** A channel that takes a feed of FFmpeg's with playlists beside it, in which its encoder tells of breaks. */
import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { Cue } from '../../../lib/channels/cues/cue.ts'
import { uploadReader } from '../../../lib/channels/ingest/store.ts'
import { takeObject } from '../../../lib/channels/ingest/take-object.ts'
import type { KeptRef } from '../../../lib/channels/live/store.ts'
import { seenCues } from '../../../lib/channels/manifests/seen-cues.ts'
import { takeManifest } from '../../../lib/channels/manifests/take-manifest.ts'
import { playlistUris, segmentSeconds, startChannels, type Written } from '../feeds.ts'

/** Wall clock at which the feed begins. */
const begin = Date.UTC(2026, 11, 1, 10)
/** All of it. */
export const all = `start=${begin / 1000}&end=${begin / 1000 + 600}`

/** Lines before the segment of that index. */
export type Tags = Readonly<Record<number, string>>

/** A playlist of the first segments of a stream, with tags of its encoder's own. */
export function playlistOf(
  paths: readonly string[],
  tags: Tags,
  { from = 0, to = paths.length }: { readonly from?: number; readonly to?: number } = {},
): string {
  const lines = ['#EXTM3U', `#EXT-X-TARGETDURATION:${segmentSeconds}`, `#EXT-X-MEDIA-SEQUENCE:${from}`]
  for (let i = from; i <= to; i++) {
    if (tags[i] !== undefined) lines.push(tags[i] ?? '')
    if (i < to) lines.push(`#EXTINF:${segmentSeconds},`, paths[i] ?? '')
  }
  return `${lines.join('\n')}\n`
}

/** A channel, and how its encoder writes. */
export async function manifestRoom() {
  const room = await startChannels()
  let kept = 0
  let read = 0
  const { live } = room.ports
  const upload = uploadReader(room.client, 'upload')
  const ports = {
    ...room.ports,
    live: {
      ...live,
      putCue: (ref: KeptRef, id: string, cue: Cue) => (kept++, live.putCue(ref, id, cue)),
    },
    upload: (key: string, versionId: string | undefined) => (read++, upload(key, versionId)),
    seen: seenCues(),
  }
  const wallOf = (index: number): number => begin + (index + 1) * segmentSeconds * 1000
  return {
    ...room,
    ports,
    wallOf,
    /** How many cues were kept, and objects read for them, so far. */
    counted: () => ({ kept, read }),
    /** The segment of that index is uploaded, and taken. */
    async segment(written: Written, index: number, isTaken = true) {
      const Key = `live/news/${written.path}`
      await room.client.send(new PutObjectCommand({ Bucket: 'upload', Key, Body: written.bytes }))
      room.clock.nowMs = Math.max(room.clock.nowMs, wallOf(index))
      return isTaken ? takeObject(ports, room.object(written, wallOf(index))) : []
    },
    /** A manifest whose last segment has that index. */
    manifest: (path: string, text: string, index: number, own = ports) =>
      takeManifest(own, room.object({ path, bytes: Buffer.from(text) }, wallOf(index))),
    /** Media playlists as viewers get them, video first. */
    async shown(query = all): Promise<readonly string[]> {
      const { body } = await room.get('index.m3u8', query)
      const uris = playlistUris(body).toSorted((a) => (a.includes('video') ? -1 : 1))
      return Promise.all(uris.map(async (uri) => (await room.get(uri)).body))
    },
  }
}
