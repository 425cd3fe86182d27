/** How long the media of channels are kept: as long as their window and a day, by the rules the bucket is deployed with. */
import { ListObjectsV2Command, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { feedPorts } from '../../lib/channels/ingest/store.ts'
import { liveSource } from '../../lib/channels/source/live-source.ts'
import { respond } from '../../lib/delivery/index.ts'
import { keepDays, maxWindowSeconds } from '../../lib/timeline/live/keeping.ts'
import { removeDirs, startS3, type TestS3 } from '../local/s3/harness.ts'
import { rulesOf } from './bucket-rules.ts'
import { manifestPath, playlistUris } from './feeds.ts'
import { headOf, memoryRoom } from './memory-room.ts'

const dayMs = 86_400_000
const begin = Date.UTC(2026, 11, 1, 10)

describe('a bucket', () => {
  const clock = { nowMs: begin }
  let s3: TestS3
  beforeAll(async () => {
    s3 = await startS3({ now: () => clock.nowMs })
    for (const [name, bucket] of [
      ['media', 'PackagingMedia'],
      ['upload', 'PackagingUpload'],
    ] as const)
      await s3.s3.createBucket({ name, versioned: true, lifecycle: [...rulesOf(bucket)] })
  })
  afterAll(async () => {
    await s3?.stop()
    await removeDirs()
  })

  it('keeps media for the window they were written for, init segments as long as the channel', async () => {
    const ports = feedPorts({
      s3: s3.client,
      table: 'none',
      mediaBucket: 'media',
      archiveQueue: 'none',
      now: () => clock.nowMs,
      randomBytes: (length) => new Uint8Array(length),
    })
    const windows = [60, 86_400, 48 * 3600, maxWindowSeconds]
    const key = (name: string): string => `timelines/live/news/0123456789abcdef/video-1/${name}`
    await ports.putOnce(key('i-c.mp4'), Buffer.from('x'), {})
    const left = async () => {
      const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: 'media' }))
      return Contents.map(({ Key = '' }) => Key.slice(key('').length))
    }
    for (const windowSeconds of windows) {
      const writtenMs = clock.nowMs
      await ports.putOnce(key(`${windowSeconds}.0.m4s`), Buffer.from('x'), {}, keepDays(windowSeconds))
      clock.nowMs = writtenMs + windowSeconds * 1000
      await s3.s3.sweep()
      expect(await left()).toContain(`${windowSeconds}.0.m4s`)
      // Days are counted whole, and end at midnight.
      clock.nowMs = writtenMs + (keepDays(windowSeconds) + 1) * dayMs
      await s3.s3.sweep()
      expect(await left()).not.toContain(`${windowSeconds}.0.m4s`)
    }
    clock.nowMs += 2 * dayMs
    await s3.s3.sweep()
    await s3.s3.sweep()
    const { Versions = [], DeleteMarkers = [] } = await s3.client.send(
      new ListObjectVersionsCommand({ Bucket: 'media' }),
    )
    expect([...Versions, ...DeleteMarkers].map(({ Key }) => Key)).toEqual([key('i-c.mp4')])
  })

  it('keeps what an encoder uploaded for a day, and films for good', async () => {
    for (const Key of ['live/news/1.ts', 'vod/film.mp4'])
      await s3.client.send(new PutObjectCommand({ Bucket: 'upload', Key, Body: 'x' }))
    clock.nowMs += 4 * dayMs
    for (let i = 0; i < 3; i++) {
      await s3.s3.sweep()
      clock.nowMs += 2 * dayMs
    }
    const { Versions = [], DeleteMarkers = [] } = await s3.client.send(
      new ListObjectVersionsCommand({ Bucket: 'upload' }),
    )
    expect([...Versions, ...DeleteMarkers].map(({ Key }) => Key)).toEqual(['vod/film.mp4'])
  })
})

describe('a sealed hour whose media are gone', () => {
  it('is shown no more, though the window was made longer since', async () => {
    const beginSeconds = begin / 1000
    const head = { ...headOf(['video-1', 'audio-2'], beginSeconds), windowSeconds: 3600 }
    const room = memoryRoom(head)
    for (let seconds = beginSeconds; seconds < beginSeconds + 3600 + 600; seconds += 2)
      for (const id of ['video-1', 'audio-2']) await room.arrive(id, seconds)
    await room.minute()
    const { live } = room.ports
    const [sealed] = room.hours
    expect(sealed?.keptUntil).toBe(beginSeconds + 2 * 86_400)
    const firstShownAt = async (nowSeconds: number): Promise<number> => {
      const source = liveSource({
        live: {
          ...live,
          head: async (id) => {
            const row = await live.head(id)
            return row && { ...row, head: { ...row.head, windowSeconds: maxWindowSeconds } }
          },
        },
        now: () => nowSeconds * 1000,
      })
      const reader = { current: async () => undefined, object: async (key: string) => room.object(key) }
      const get = async (uri: string, query: string) =>
        (await respond({ method: 'GET', path: manifestPath(uri), query }, reader, [source])).body
      const [uri = ''] = playlistUris(await get('index.m3u8', `start=${beginSeconds}`))
      return Number(/^(\d+)\.0\.m4s/m.exec(await get(uri, ''))?.[1]) / 1000
    }
    expect(await firstShownAt(beginSeconds + 2 * 86_400 - 1)).toBe(beginSeconds)
    expect(await firstShownAt(beginSeconds + 2 * 86_400)).toBe(beginSeconds + 3600)
  })
})
