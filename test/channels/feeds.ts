/** Feeds as FFmpeg writes them, object by object, and a channel that takes them over the wire. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { HourToArchive } from '../../lib/channels/archive/hours.ts'
import { type Channel, changed } from '../../lib/channels/channel.ts'
import { seenCues } from '../../lib/channels/index.ts'
import type { FeedObject, FeedPorts } from '../../lib/channels/ingest/ports.ts'
import { feedPorts, untoldReader, uploadReader } from '../../lib/channels/ingest/store.ts'
import { liveStore } from '../../lib/channels/live/store.ts'
import { liveSource } from '../../lib/channels/source/live-source.ts'
import { channelStore } from '../../lib/channels/store.ts'
import { respond, type TimelineReader } from '../../lib/delivery/index.ts'
import { s3Client } from '../../lib/platform/aws/clients.ts'
import { textIfAny } from '../../lib/platform/aws/objects.ts'
import { createDynamoDb } from '../../local/dynamodb/index.ts'
import type { LifecycleRule } from '../../local/s3/index.ts'
import { removeDirs, startS3 } from '../local/s3/harness.ts'
import { allow, scratch, serve } from '../local/serve.ts'
import { rightsTable } from '../packaging/reading/tables.ts'

/** One object of a feed. */
export interface Written {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Two seconds a segment. */
export const segmentSeconds = 2

const picture = (seconds: number) =>
  `-f lavfi -i testsrc2=s=128x72:r=25:d=${seconds} -f lavfi -i sine=f=440:r=48000:d=${seconds}`
const codecs =
  '-c:v libx264 -preset ultrafast -bf 2 -g 50 -keyint_min 50 -sc_threshold 0 -pix_fmt yuv420p -c:a aac -b:a 64k'
const forms = {
  dash: `-map 0:v -map 1:a -f dash -seg_duration ${segmentSeconds} -use_template 1 -use_timeline 1 out.mpd`,
  ts: `-map 0:v -map 1:a -f hls -hls_time ${segmentSeconds} -hls_list_size 0 out.m3u8`,
  vtt: `-map 0:v -map 1:a -map 2:s -c:s webvtt -f hls -hls_time ${segmentSeconds} -hls_list_size 0 out.m3u8`,
  hls: `-map 0:v -map 1:a -f hls -hls_time ${segmentSeconds} -hls_list_size 0 -hls_segment_type fmp4 out.m3u8`,
} as const

/** What FFmpeg writes of so many seconds, in the order of names: playlists are left out. */
export function writtenBy(
  form: keyof typeof forms,
  seconds: number,
  more = '',
  inputs = '',
): readonly Written[] {
  const folder = mkdtempSync(join(tmpdir(), 'headend-feed-'))
  try {
    const words = `-v error -y ${picture(seconds)} ${inputs} ${codecs} ${more} ${forms[form]}`
      .split(' ')
      .filter(Boolean)
    execFileSync('ffmpeg', words, { cwd: folder })
    return readdirSync(folder)
      .filter((name) => !/\.(?:mpd|m3u8)$/.test(name))
      .toSorted((a, b) => numberOf(a) - numberOf(b))
      .map((path) => ({ path, bytes: readFileSync(join(folder, path)) }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Place of an object in its stream; init segments come first. */
export const numberOf = (path: string): number =>
  path.includes('init') ? -1 : Number(/(\d+)\.(?:m4s|ts|vtt)$/.exec(path)?.[1] ?? 0)

/** The path of a manifest that is named relative to those at the top of a channel. */
export const manifestPath = (uri: string, id = 'news'): string =>
  new URL(uri, `http://any/live/${id}/`).pathname.slice(1)

/** Media playlists that a multivariant playlist names. */
export const playlistUris = (multivariant: string): readonly string[] =>
  [...multivariant.matchAll(/^(?!#)(\S+\.m3u8)$|URI="([^"]+\.m3u8)"/gm)].map((m) => m[1] ?? m[2] ?? '')

/** How its stores go by the room's clock. */
interface StoreOptions {
  /** Rules of its bucket for media; with them its stores have the clock of the room. @default the clock of the machine, and nothing expires */
  readonly lifecycle?: readonly LifecycleRule[]
}

/** A room with one channel, over local S3 and DynamoDB. */
export async function startChannels(id = 'news', { lifecycle }: StoreOptions = {}) {
  const clock = { nowMs: Date.UTC(2026, 11, 1, 10) }
  const now = () => clock.nowMs
  const onClock = lifecycle ? { now } : {}
  const s3 = await startS3(onClock)
  await s3.s3.createBucket({ name: 'upload', versioned: true })
  await s3.s3.createBucket({
    name: 'media',
    ...(lifecycle && { versioned: true, lifecycle: [...lifecycle] }),
  })
  const directory = await scratch()
  const dynamoDb = await createDynamoDb({
    path: directory.path,
    authorize: allow,
    sweepEveryMs: false,
    ...onClock,
  })
  await dynamoDb.createTable(
    'channels',
    lifecycle
      ? { ...rightsTable, TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } }
      : rightsTable,
  )
  await dynamoDb.createTable('index', rightsTable)
  const served = await serve(dynamoDb)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint)
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', served.endpoint)
  const client = s3Client()
  const toArchive: HourToArchive[] = []
  const stores = feedPorts({
    s3: client,
    table: 'channels',
    mediaBucket: 'media',
    archiveQueue: 'none',
    now,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  })
  const ports: FeedPorts = { ...stores, archive: async (hour) => void toArchive.push(hour) }
  const upload = uploadReader(client, 'upload')
  const instant = {
    ...ports,
    upload,
    // Objects are written when tests run, and the feed's clock is another.
    untold: (key: string) => untoldReader(client, 'upload', upload)(key, 0),
    seen: seenCues(),
    pauses: { random: () => 0, sleep: () => Promise.resolve() },
  }
  const describe = async (settings: Partial<Channel> = {}) =>
    channelStore({ table: 'channels' }).put(
      changed(await channelStore({ table: 'channels' }).channel(id), {
        id,
        nowMs: now(),
        segmentSeconds,
        windowSeconds: 48 * 3600,
        ...settings,
      }),
    )
  await describe()
  const reader: TimelineReader = {
    current: async () => undefined,
    object: (key) => textIfAny(client, { bucket: 'media', key }),
  }
  const sources = [liveSource({ live: liveStore({ table: 'channels' }), now })]
  const get = async (path: string, query = '') =>
    respond({ method: 'GET', path: manifestPath(path, id), query }, reader, sources)
  const object = (written: Written, writtenMs: number): FeedObject => ({
    channelId: id,
    ...written,
    writtenMs,
  })
  return {
    ports: instant,
    describe,
    clock,
    get,
    object,
    client,
    /** Hours that the archiver was told of. */
    toArchive,
    /** Lets its stores delete what has expired by now. */
    async sweep() {
      await s3.s3.sweep()
      await dynamoDb.sweep()
    },
    async stop() {
      vi.unstubAllEnvs()
      await s3.stop()
      await served.close()
      await dynamoDb.close()
      await directory.remove()
      await removeDirs()
    },
  }
}
