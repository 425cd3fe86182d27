/** Hours of a channel in their archive: the same bytes under every URL, whatever the archiver is interrupted by. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ArchiveOutcome, archiveHour } from '../../lib/channels/archive/archive-hour.ts'
import { archiveMessage } from '../../lib/channels/archive/message.ts'
import type { ArchivePorts } from '../../lib/channels/archive/ports.ts'
import { archivePorts } from '../../lib/channels/archive/store.ts'
import type { HoldPorts } from '../../lib/channels/holds/keep-held.ts'
import { sealHours } from '../../lib/channels/ingest/seal-hours.ts'
import { settleTail } from '../../lib/channels/ingest/settle.ts'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { mediaReader } from '../../lib/packaging/index.ts'
import { signedObjects } from '../../lib/platform/aws/signed-objects.ts'
import { hourOf } from '../../lib/timeline/live/head.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { clearPackager } from '../packaging/segments/clear-packager.ts'
import { numberOf, segmentSeconds, startChannels } from './feeds.ts'
import { subtitledFeed } from './subtitled-feed.ts'

/** Twelve seconds of the feed lie in one hour, and twelve in the next. */
const begin = Date.UTC(2026, 11, 1, 10, 59, 48)

describe.skipIf(ffmpegMissing !== undefined)('an archive', () => {
  let room: Awaited<ReturnType<typeof startChannels>>
  /** What players were given of each URL while segments were objects. */
  let before: ReadonlyMap<string, Uint8Array>
  let ports: ArchivePorts & HoldPorts
  const packager = () =>
    clearPackager(mediaReader(signedObjects, { uploadBucket: 'upload', mediaBucket: 'media' }))
  const keys = async () => {
    const { Contents = [] } = await room.client.send(new ListObjectsV2Command({ Bucket: 'media' }))
    return Contents.map(({ Key = '' }) => Key)
  }
  const bytesOf = async (Key: string) => {
    const { Body } = await room.client.send(new GetObjectCommand({ Bucket: 'media', Key }))
    return Body?.transformToByteArray()
  }
  const remove = async (all: readonly string[]) => {
    for (const Key of all) await room.client.send(new DeleteObjectCommand({ Bucket: 'media', Key }))
  }
  /** Of each segment: itself, of video its key frame, of audio its first frames. */
  const urlsOf = (all: readonly string[]) =>
    all
      .filter((key) => isSegment(key))
      .map((key) => `/media/clear/${key.slice('timelines/'.length)}`)
      .flatMap((path) =>
        path.includes('/video-1/') ? [path, path.replace('/video-1/', '/video-1-trick/')] : [path],
      )
      .flatMap((path) => (path.includes('/audio-1/') ? [path, path.replace(/\.m4s$/, '-9000.m4s')] : [path]))
  const given = async (urls: readonly string[]) => {
    const own = packager()
    const found = new Map<string, Uint8Array>()
    for (const path of urls) {
      const { status, body } = await own.answer({ method: 'GET', path, headers: {} })
      if (status !== 200) continue
      found.set(path, Buffer.concat(body))
    }
    return found
  }

  beforeAll(async () => {
    room = await startChannels()
    ports = archivePorts({ s3: room.client, table: 'channels', mediaBucket: 'media' })
    for (const one of subtitledFeed()) {
      const wallMs = begin + (Math.max(0, numberOf(one.path)) + 1) * segmentSeconds * 1000
      room.clock.nowMs = Math.max(room.clock.nowMs, wallMs)
      await takeObject(room.ports, room.object(one, wallMs))
    }
    room.clock.nowMs += 3 * 3600 * 1000
    const head = (await room.ports.live.head('live/news'))?.head
    if (!head) throw new Error('expected a channel')
    const seconds = room.clock.nowMs / 1000
    await settleTail(room.ports, { head, seconds }, { isSilent: true })
    await sealHours(room.ports, head, { seconds, stoppedAtSeconds: seconds })
    before = await given(urlsOf(await keys()))
  }, 60_000)
  afterAll(() => room?.stop())

  const archived = async (own: ArchivePorts = ports) => {
    const outcomes: ArchiveOutcome['kind'][] = []
    for (const hour of room.toArchive) outcomes.push((await archiveHour(own, hour)).kind)
    return outcomes
  }

  it('is asked for once an hour is sealed', () => {
    const first = hourOf(begin / 1000)
    expect(room.toArchive.map(({ hour }) => hour)).toEqual([first, first + 1])
  })

  it('is the same wherever its making is interrupted, and leaves nothing behind', async () => {
    expect(await archived()).toEqual(['made', 'made'])
    const isArchive = (key: string) => key.includes('/archive/') || key.endsWith('/clock.json')
    const whole = (await keys()).filter(isArchive)
    const contents = new Map(await Promise.all(whole.map(async (key) => [key, await bytesOf(key)] as const)))
    expect(whole.filter((key) => key.endsWith('.bin'))).toHaveLength(2)
    for (let step = 0; ; step++) {
      await remove((await keys()).filter(isArchive))
      const isDone = await archived(failingAt(ports, step)).then(
        () => true,
        () => false,
      )
      // Twice at once.
      await Promise.all([archived(), archived()])
      const after = (await keys()).filter(isArchive)
      expect(after).toEqual(whole)
      for (const key of after)
        expect(Buffer.compare(bytes(await bytesOf(key)), bytes(contents.get(key)))).toBe(0)
      if (isDone) break
    }
    const { Uploads = [] } = await room.client.send(new ListMultipartUploadsCommand({ Bucket: 'media' }))
    expect(Uploads).toEqual([])
    expect(await archived()).toEqual(['there', 'there'])
  })

  it('gives the same bytes of every URL when the segments are gone', async () => {
    await remove((await keys()).filter(isSegment))
    expect((await keys()).filter(isSegment)).toEqual([])
    expect(before.size).toBeGreaterThanOrEqual(60)
    expect(await given([...before.keys()])).toEqual(before)
  })

  it('refuses what never was there', async () => {
    const path = [...before.keys()].find((one) => one.includes('/video-1/')) ?? ''
    const other = path.replace(/\d+\.0\.m4s$/, (name) => `${Number(name.split('.')[0]) + 1}.0.m4s`)
    expect(await given([other])).toEqual(new Map())
  })

  it('of an hour whose segments are gone already is refused, and of one whose page is gone not missed', async () => {
    const [hour] = room.toArchive
    if (!hour) throw new Error('expected an hour')
    await remove((await keys()).filter((key) => key.includes('/archive/')))
    await expect(archiveHour(ports, hour)).rejects.toMatchObject({ code: 'ARCHIVE_SEGMENT' })
    await expect(archiveHour(ports, { ...hour, head: { ...hour.head, tracks: [] } })).rejects.toMatchObject({
      code: 'ARCHIVE_SEGMENT',
    })
    expect(await archiveHour(ports, { ...hour, hour: 1 })).toEqual({ kind: 'gone' })
    expect(await given([...before.keys()])).toEqual(new Map())
  })

  it.each(['', '{}', '{"id":"live/news"}', '{"head":{},"hour":1,"revision":1}'])(
    'is not asked for by %j',
    async (body) => {
      const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
      await expect(archiveMessage(body, ports, log)).rejects.toMatchObject({ code: 'EVENT_UNREADABLE' })
    },
  )
})

const isSegment = (key: string): boolean => /\/\d+\.\d+\.(?:m4s|vtt)$/.test(key)
const bytes = (found: Uint8Array | undefined): Uint8Array => found ?? new Uint8Array(0)

/** Ports of which the nth call fails, before it does anything or behind it. */
function failingAt(ports: ArchivePorts, step: number): ArchivePorts {
  let calls = 0
  const failing =
    <Args extends readonly unknown[], Value>(call: (...args: Args) => Promise<Value>) =>
    async (...args: Args): Promise<Value> => {
      const turn = calls++
      if (turn === Math.floor(step / 2) && step % 2 === 0) throw new Error('killed')
      const value = await call(...args)
      if (turn === Math.floor(step / 2)) throw new Error('killed')
      return value
    }
  return {
    object: failing((key) => ports.object(key)),
    has: failing((key) => ports.has(key)),
    putOnce: failing((...object) => ports.putOnce(...object)),
    putStream: failing((...stream) => ports.putStream(...stream)),
  }
}
