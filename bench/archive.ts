/** The archive of channels: how many objects a day, how fast an hour is written, and in how much memory. */
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { mapConcurrently } from '../lib/platform/map-concurrently.ts'
import { archivedMedia, archiveParts } from '../lib/timeline/live/archive.ts'
import { hourPage, type LiveHead } from '../lib/timeline/live/head.ts'
import { printHour } from '../lib/timeline/live/hour.ts'
import { liveObjects } from '../lib/timeline/live/placement.ts'
import { segmentFile } from '../lib/timeline/media-path.ts'
import { timelinePrefix } from '../lib/timeline/stored.ts'
import type { Segment } from '../lib/timeline/timeline.ts'
import { headOf } from '../test/channels/memory-room.ts'
import { startInProcess } from '../test/house/in-process.ts'
import type { Result } from './measure.ts'
import { run } from './process-run.ts'
import { programOf } from './programs.ts'

const hour = 494_000
/** Bits per second of a ladder of five, two languages and text. */
const rates: Readonly<Record<string, number>> = {
  'video-1': 6_000_000,
  'video-2': 3_000_000,
  'video-3': 1_800_000,
  'video-4': 800_000,
  'video-5': 300_000,
  'audio-6': 128_000,
  'audio-7': 128_000,
  'text-8': 2000,
}
const segmentSeconds = 2
/** What is copied: ten minutes, as an object has. */
const copiedSeconds = 600

const head = { ...headOf(Object.keys(rates), hour * 3600), id: 'live/bench' }

function segmentsOf(bitsPerSecond: number, seconds: number): readonly Segment[] {
  return Array.from({ length: seconds / segmentSeconds }, (_, i) => {
    const start = (hour * 3600 + i * segmentSeconds) * 1000
    return {
      number: start,
      cut: 0,
      start,
      duration: segmentSeconds * 1000,
      bytes: Math.round((bitsPerSecond * segmentSeconds) / 8),
      configId: 'c',
      sync: true,
      gap: 'none',
      discontinuity: false,
    }
  })
}

export async function archive(): Promise<Result[]> {
  const ofHour = (only: readonly string[]) =>
    only.map((id) => ({ id, timescale: 1000, segments: segmentsOf(rates[id] ?? 0, 3600) }))
  const objectsADay = (only: readonly string[]): number => {
    const tracks = ofHour(only)
    return 24 * archiveParts(hour, tracks, archivedMedia(tracks)).length
  }
  return [
    result('objects a day, five renditions, two languages, text', {
      unit: 'x',
      p50: objectsADay(Object.keys(rates)),
      goal: { atMost: 150 },
      note: `in place of ${(24 * 3600 * Object.keys(rates).length) / segmentSeconds}`,
    }),
    result('objects a day, radio of 128 kbit/s', { unit: 'x', p50: objectsADay(['audio-6']) }),
    ...(await copied()),
  ]
}

/** Ten minutes of it, over the wire to the local cloud. */
async function copied(): Promise<Result[]> {
  const house = await startInProcess()
  const endpoint = house.outputs['AwsEndpoint'] ?? ''
  const Bucket = house.outputs['MediaBucket'] ?? ''
  const s3 = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  try {
    const tracks = new Map(Object.entries(rates).map(([id, rate]) => [id, segmentsOf(rate, copiedSeconds)]))
    for (const [id, segments] of tracks)
      await mapConcurrently(segments, async ({ number, cut, bytes }) => {
        const Key = liveObjects(head.id, head.version, id) + segmentFile(number, cut)
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: new Uint8Array(bytes) }))
      })
    const page = timelinePrefix(head.id, head.version) + hourPage(hour, 1)
    await s3.send(new PutObjectCommand({ Bucket, Key: page, Body: printHour(tracks) }))
    const message = JSON.stringify({ head: head satisfies LiveHead, hour, revision: 1 })
    const environment = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    }
    const program = await programOf('archive-hour')
    const { output, peakBytes = Number.NaN } = await run(
      process.execPath,
      [program, Bucket, message],
      environment,
    )
    const { outcome, counts, wallMs } = JSON.parse(output) as {
      readonly outcome: { readonly bytes: number; readonly segments: number }
      readonly counts: { readonly gets: number; readonly puts: number; readonly heads: number }
      readonly wallMs: number
    }
    return [
      result(`ten minutes at ${(outcome.bytes / 75e6).toFixed(0)} Mbit/s, ${outcome.segments} segments`, {
        unit: 'MB/s',
        p50: outcome.bytes / 1e6 / (wallMs / 1000),
        note: `${counts.gets} GETs, ${counts.heads} HEADs, ${counts.puts} PUTs and a part each 8 MiB`,
      }),
      result('the same, peak memory of the process', {
        unit: 'MB',
        p50: peakBytes / 1e6,
        note: 'the function has 1024',
        goal: { atMost: 700 },
      }),
    ]
  } finally {
    s3.destroy()
    await house.stop()
  }
}

const result = (what: string, facts: Omit<Result, 'bench' | 'case'>): Result => ({
  bench: 'archive',
  case: what,
  ...facts,
})
