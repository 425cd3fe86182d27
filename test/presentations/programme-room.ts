/** A channel whose programmes are stored as presentations, and their manifests. */
import { holdStore } from '../../lib/channels/holds/store.ts'
import { channelSources, isHeld } from '../../lib/channels/index.ts'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { liveStore } from '../../lib/channels/live/store.ts'
import { respond, type TimelineReader } from '../../lib/delivery/index.ts'
import { textIfAny } from '../../lib/platform/aws/objects.ts'
import { type AskedChannelClip, type AskedClip, composed } from '../../lib/presentations/compose.ts'
import { storedPresentations } from '../../lib/presentations/index.ts'
import { presentationKey } from '../../lib/presentations/stored.ts'
import { encodeTimeline, timelinePrefix } from '../../lib/timeline/stored.ts'
import { numberOf, playlistUris, segmentSeconds, startChannels, type Written } from '../channels/feeds.ts'
import { segmentsOf, timelineOf, trackOf } from '../delivery/timelines.ts'

/** When its feed begins. */
export const begin = Date.UTC(2026, 11, 1, 10)
const version = '0123456789abcdef'
/** Four seconds to put in the place of a break. */
const spot = timelineOf('vod/spot', {
  tracks: [
    trackOf('video-1', 'video', {
      segments: segmentsOf(2, 180_000),
      configs: [{ id: 'v', codec: 'avc1.4d401e', width: 128, height: 72, frameRate: [25, 1] }],
    }),
    trackOf('audio-2', 'audio', {
      timescale: 48_000,
      segments: segmentsOf(2, 96_000, { configId: 'a' }),
      configs: [{ id: 'a', codec: 'mp4a.40.2', sampleRate: 48_000, channels: 2 }],
    }),
  ],
})

/** How its stores go by its clock, and its channel is protected. */
interface ProgrammeOptions extends NonNullable<Parameters<typeof startChannels>[1]> {
  /** @default it is in the clear */
  readonly protection?: {
    readonly state: () => string | undefined
    readonly object: (key: string) => string | undefined
  }
}

/** Starts it; each presentation that is stored replaces the one before. */
export async function startProgrammes({ protection, ...options }: ProgrammeOptions = {}) {
  const room = await startChannels('news', options)
  const objects = new Map<string, string>()
  const { head, parts } = encodeTimeline(spot)
  const prefix = timelinePrefix(spot.id, spot.version)
  objects.set(`${prefix}timeline.json`, head)
  for (const { name, text } of parts) objects.set(prefix + name, text)

  const live = liveStore({ table: 'channels' })
  const holds = holdStore({ table: 'channels' })
  const now = () => room.clock.nowMs
  const object = async (key: string) =>
    objects.get(key) ?? protection?.object(key) ?? (await textIfAny(room.client, { bucket: 'media', key }))
  const rows = async (ids: readonly string[]) =>
    new Map(
      ids
        .filter((id) => !id.startsWith('live/') || protection?.state() !== undefined)
        .map((id) => [
          id,
          { version, ...(id.startsWith('live/') && { protection: protection?.state() ?? '' }) },
        ]),
    )
  const reader: TimelineReader = { current: async () => undefined, object }
  const sources = [storedPresentations(rows, channelSources({ live, holds, now }).ranges)]
  const get = async (path: string): Promise<string> => {
    const name = new URL(path, 'http://any/presentations/tonight/').pathname.slice(1)
    const { status, body } = await respond({ method: 'GET', path: name, query: '' }, reader, sources)
    return status === 200 ? body : `${status} ${body}`
  }
  return {
    room,
    holds,
    reader,
    get,
    async take(written: Written) {
      const wall = begin + (numberOf(written.path) + 1) * segmentSeconds * 1000
      room.clock.nowMs = Math.max(room.clock.nowMs, wall)
      await takeObject(room.ports, room.object(written, wall))
    },
    async store(clips: readonly (AskedClip | AskedChannelClip)[]): Promise<void> {
      const stored = await composed('presentations/tonight', clips, {
        object,
        versions: async (ids) => new Map(ids.map((id) => [id, spot.version])),
        channel: async (id) => (await live.head(id))?.head,
        isHeld: (id, range) => isHeld({ holds, now }, id, range),
        now,
      })
      objects.set(presentationKey(stored.id, version), JSON.stringify(stored))
    },
    /** The multivariant playlist, and the others, that of the video first. */
    async playlists() {
      const multivariant = await get('index.m3u8')
      const texts = await Promise.all(playlistUris(multivariant).map(get))
      return { multivariant, texts: texts.toSorted((a) => (a.includes('/video-1/') ? -1 : 1)) }
    },
  }
}

/** A range of the channel. */
export const clipOf = (rest: Partial<AskedChannelClip> = {}): AskedChannelClip => ({
  channelId: 'news',
  fromMs: begin,
  toMs: begin + 24_000,
  role: 'content',
  breaks: 'keep',
  replacements: [],
  ...rest,
})
