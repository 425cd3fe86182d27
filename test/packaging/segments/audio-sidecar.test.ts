/** Sound that lies scattered, written once more in one piece: other places, the same bytes. */

import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mediaReader } from '../../../lib/packaging/segments/stored-media.ts'
import { makeSidecar, sidecarMessage } from '../../../lib/packaging/sidecar/audio-sidecar.ts'
import { isPoorlyInterleaved, readCost } from '../../../lib/packaging/sidecar/interleaving.ts'
import { parsePlacement } from '../../../lib/packaging/storage/stored-placement.ts'
import { sidecarStore } from '../../../lib/packaging/store.ts'
import { objectReader, readObject } from '../../../lib/platform/aws/objects.ts'
import { logOf } from '../../../lib/platform/log.ts'
import type { Timeline } from '../../../lib/timeline/timeline.ts'
import { removeDirs } from '../../local/s3/harness.ts'
import { type Cloud, openCloud } from '../cloud.ts'
import { type MadeTrack, makeFilm } from '../films/make-film.ts'
import { joined } from '../films/shelf.ts'
import { clearPackager } from './clear-packager.ts'

const buckets = { uploadBucket: 'upload', mediaBucket: 'media' }
let cloud: Cloud
beforeAll(async () => {
  cloud = await openCloud()
})
afterAll(async () => {
  await cloud.close()
  await removeDirs()
})

const pictures = (seconds: number, bytesASecond: number): MadeTrack => ({
  type: 'video',
  timescale: 12_800,
  samplesPerChunk: 8,
  samples: Array.from({ length: seconds * 25 }, (_, i) => ({
    size: bytesASecond / 25,
    duration: 512,
    sync: i % 50 === 0,
  })),
})
const sound = (seconds: number, language: string): MadeTrack => ({
  type: 'audio',
  timescale: 48_000,
  samplesPerChunk: 15,
  language,
  samples: Array.from({ length: Math.round((seconds * 48_000) / 1024) }, (_, i) => ({
    size: 60 + (i % 7),
    duration: 1024,
  })),
})
const heavy = makeFilm([pictures(8, 2_500_000), sound(8, 'eng'), sound(8, 'fra')])
const light = makeFilm([pictures(18, 100_000), sound(18, 'eng')])

async function indexed(assetId: string, film: Uint8Array): Promise<{ key: string; timeline: Timeline }> {
  await cloud.ingest([await cloud.put(`vod/${assetId}.mp4`, film)])
  const timeline = await cloud.timeline(assetId)
  return { key: `timelines/vod/${assetId}/${timeline.version}/placement.json`, timeline }
}

/** All sound of a timeline from a packager that has just started. */
async function soundOf({ id, version, tracks }: Timeline): Promise<Uint8Array> {
  const packager = clearPackager(mediaReader(objectReader(cloud.s3), buckets))
  const pieces: Uint8Array[] = []
  for (const { id: trackId, segments } of tracks.filter(({ type }) => type === 'audio'))
    for (const { number, cut } of segments) {
      const path = `/media/clear/${id}/${version}/${trackId}/${number}.${cut}.m4s`
      const { status, body } = await packager.answer({ method: 'GET', path, headers: {} })
      expect(status).toBe(200)
      pieces.push(joined(body))
    }
  return Buffer.concat(pieces)
}

const placementAt = async (key: string) =>
  parsePlacement(await readObject(cloud.s3, { bucket: 'media', key }), key)
const event = (key: string): string =>
  JSON.stringify({
    Records: [
      { eventName: 'ObjectCreated:Put', eventTime: '', s3: { object: { key: encodeURIComponent(key) } } },
    ],
  })

describe('scattered sound', () => {
  it('is written in one piece: the same bytes at the same URLs, one read a segment', async () => {
    const { key, timeline } = await indexed('heavy', heavy)
    const before = await soundOf(timeline)
    const ports = sidecarStore(cloud.s3, buckets)
    expect(await makeSidecar(key, ports)).toBe('made')
    expect(Buffer.compare(await soundOf(timeline), before)).toBe(0)
    const { revision, tracks } = await placementAt(key)
    expect(revision).toBe(2)
    expect([tracks['audio-1'], tracks['audio-2']].map((one) => one?.sampleIndex?.object)).toEqual([
      { bucket: 'media', key: key.replace('placement.json', 'sound.bin') },
      { bucket: 'media', key: key.replace('placement.json', 'sound.bin') },
    ])
    expect(tracks['video-1']?.sampleIndex?.object.bucket).toBe('upload')
    const asked: string[] = []
    const whole = mediaReader(objectReader(cloud.s3), buckets)
    const packager = clearPackager({
      ...whole,
      stream: (object, range, signal) => {
        asked.push(`${object.bucket} ${range.length}`)
        return whole.stream(object, range, signal)
      },
    })
    const path = `/media/clear/vod/heavy/${timeline.version}/audio-2/2.0.m4s`
    const { body } = await packager.answer({ method: 'GET', path, headers: {} })
    const segment = joined(body)
    expect(asked).toEqual([`media ${segment.length - headBytes(segment)}`])
  })

  it('is written once, however often and late the message comes', async () => {
    const { key, timeline } = await indexed('often', heavy)
    const before = await soundOf(timeline)
    const ports = sidecarStore(cloud.s3, buckets)
    const log = logOf({}, () => undefined)
    for (let turn = 0; turn < 2; turn++) await sidecarMessage(event(key), ports, log)
    expect((await placementAt(key)).revision).toBe(2)
    expect(Buffer.compare(await soundOf(timeline), before)).toBe(0)
  })

  it('two make at once: one comes again and finds it done', async () => {
    const { key } = await indexed('both', heavy)
    const ports = sidecarStore(cloud.s3, buckets)
    const outcomes = await Promise.allSettled([makeSidecar(key, ports), makeSidecar(key, ports)])
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1)
    expect(await makeSidecar(key, ports)).toBe('not needed')
    expect((await placementAt(key)).revision).toBe(2)
  })

  it('of a film that was deleted meanwhile is left', async () => {
    const { key } = await indexed('deleted', heavy)
    const { tracks } = await placementAt(key)
    const versionId = tracks['audio-1']?.sampleIndex?.object.versionId
    await cloud.s3.send(
      new DeleteObjectCommand({ Bucket: 'upload', Key: 'vod/deleted.mp4', VersionId: versionId }),
    )
    expect(await makeSidecar(key, sidecarStore(cloud.s3, buckets))).toBe('film gone')
    expect((await placementAt(key)).revision).toBe(1)
    await cloud.s3.send(new DeleteObjectCommand({ Bucket: 'media', Key: key }))
    expect(await makeSidecar(key, sidecarStore(cloud.s3, buckets))).toBe('film gone')
  })

  it('that fails to be written comes again, and the film plays on', async () => {
    const { key, timeline } = await indexed('failing', heavy)
    const ports = {
      ...sidecarStore(cloud.s3, buckets),
      store: async () => Promise.reject(new Error('slow down')),
    }
    const log = logOf({}, () => undefined)
    await expect(sidecarMessage(event(key), ports, log)).rejects.toThrow('slow down')
    expect((await soundOf(timeline)).length).toBeGreaterThan(0)
  })

  it('whose placement another has replaced meanwhile leaves it to the message that tells of that one', async () => {
    const { key } = await indexed('replaced', heavy)
    const ports = sidecarStore(cloud.s3, buckets)
    const meddling = {
      ...ports,
      async placement(name: string) {
        const stored = await ports.placement(name)
        await cloud.s3.send(
          new PutObjectCommand({
            Bucket: 'media',
            Key: name,
            Body: Buffer.concat([stored?.bytes ?? Buffer.alloc(0), Buffer.from(' ')]),
          }),
        )
        return stored
      },
    }
    expect(await makeSidecar(key, meddling)).toBe('superseded')
    expect(await makeSidecar(key, ports)).toBe('made')
  })
})

describe('sound that costs little', () => {
  it('stays where it is', async () => {
    const { key } = await indexed('light', light)
    expect(await makeSidecar(key, sidecarStore(cloud.s3, buckets))).toBe('not needed')
    expect((await placementAt(key)).revision).toBe(1)
  })

  it('is what is read with few requests and little beside it', () => {
    const every = (gap: number) =>
      Array.from({ length: 100 }, (_, i) => ({ offset: i * (gap + 500), length: 500 }))
    expect(readCost([{ offset: 7, length: 9 }])).toEqual({ requests: 1, overReadBytes: 0 })
    expect(readCost(every(10_000))).toEqual({ requests: 1, overReadBytes: 990_000 })
    expect(isPoorlyInterleaved([{ extents: every(10_000) }])).toBe(false)
    expect(isPoorlyInterleaved([{ extents: every(100_000) }])).toBe(true)
    // Eight requests and nothing beside: what lies in a few places is not read with what is between.
    expect(isPoorlyInterleaved([{ extents: every(50_000_000).slice(0, 8) }])).toBe(true)
    expect(isPoorlyInterleaved([])).toBe(false)
  })
})

/** Everything in front of the samples: up to and with the header of `mdat`. */
function headBytes(segment: Uint8Array): number {
  const bytes = Buffer.from(segment)
  return bytes.indexOf('mdat') + 4
}
