/** From upload to timeline, over the wire: whatever order, however often, whatever breaks. */

import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, describe, expect, it } from 'vitest'
import { assetKind, assetKinds } from '../../../lib/assets/row.ts'
import type { IngestPorts } from '../../../lib/packaging/ingest/ingest-ports.ts'
import { busEvent } from '../../../local/s3/bus-event.ts'
import type { S3EventRecord } from '../../../local/s3/index.ts'
import { rebox } from '../../judges/media/rebox.ts'
import { removeDirs } from '../../local/s3/harness.ts'
import { openCloud } from '../cloud.ts'
import { type MadeTrack, makeFilm } from '../films/make-film.ts'
import { joined } from '../films/shelf.ts'

const cloud = await openCloud()
afterAll(async () => {
  await cloud.close()
  await removeDirs()
})

const pictures = (groups: number, size = 500): MadeTrack => ({
  type: 'video',
  timescale: 12_800,
  samples: Array.from({ length: groups * 50 }, (_, i) => ({ size, duration: 512, sync: i % 50 === 0 })),
})
const sound = (seconds: number, language = 'eng', size = 60): MadeTrack => ({
  type: 'audio',
  timescale: 48_000,
  language,
  samples: Array.from({ length: Math.round((seconds * 48_000) / 1024) }, () => ({ size, duration: 1024 })),
})
const film = (groups = 6, size = 500): Uint8Array => makeFilm([pictures(groups, size), sound(groups * 2)])

describe('an upload', () => {
  it('becomes a timeline that plays, and an asset that says what it is', async () => {
    expect(await cloud.ingest([await cloud.put('vod/first.mp4', film())])).toBe(0)
    const item = await cloud.item('first')
    expect(item).toMatchObject({
      pk: 'vod/first',
      sk: 'asset',
      kind: assetKind('first'),
      state: 'ready',
      progress: 1,
      durationSeconds: 12 + 512 / 48_000,
      version: expect.stringMatching(/^[0-9a-f]{16}$/),
      updatedAt: expect.stringMatching(/^2026-01-01T/),
      tracks: [
        { id: 'video-1', type: 'video', codec: 'avc1.64001f', width: 1280, height: 720, frameRate: [25, 1] },
        { id: 'audio-1', type: 'audio', codec: 'mp4a.40.2', language: 'en', sampleRate: 48_000, channels: 2 },
      ],
      skipped: [],
      warnings: [],
      sources: {
        'vod/first.mp4': {
          bytes: film().length,
          versionId: expect.any(String),
          sequencer: expect.any(String),
        },
      },
    })
    const timeline = await cloud.timeline('first')
    expect(timeline.tracks.map(({ id, segments }) => [id, segments.length])).toEqual([
      ['video-1', 2],
      ['audio-1', 2],
      ['video-1-trick', 6],
    ])
    const [segment] = timeline.tracks[0]?.segments ?? []
    const path = `/media/clear/vod/first/${timeline.version}/video-1/1.0.m4s`
    const { status, body } = await cloud.packager.answer({ method: 'GET', path, headers: {} })
    expect([status, joined(body).length]).toEqual([200, segment?.bytes])
  })

  it('with a table that ends early plays, and its asset says what was taken instead', async () => {
    const short = rebox(film(), 'moov/trak/mdia/minf/stbl/stts', (payload) => {
      payload.writeUInt32BE(298, 4)
      return payload.subarray(0, 8 + 298 * 8)
    })
    await cloud.ingest([await cloud.put('vod/short.mp4', short)])
    expect(await cloud.item('short')).toMatchObject({
      state: 'ready',
      skipped: [],
      warnings: [
        {
          file: 'vod/short.mp4',
          trackId: 1,
          type: 'video',
          code: 'MP4_TABLES_DISAGREE',
          reason: expect.stringContaining('expected times of 300 samples, got 298'),
        },
      ],
    })
    const { tracks } = await cloud.timeline('short')
    expect(tracks[0]?.segments.map(({ duration }) => duration)).toEqual([76_800, 76_800])
  })

  it('told of three times among others is one asset with one timeline', async () => {
    const [a, b] = [
      await cloud.put('vod/once.mp4', film(3)),
      await cloud.put('vod/other one+two%.mp4', 'no id'),
    ]
    await cloud.ingest([a, b, a])
    const first = await cloud.item('once')
    await cloud.ingest([b, a])
    expect(await cloud.item('once')).toEqual(first)
    expect(first).toMatchObject({ state: 'ready', revision: 1 })
  })

  it('told of by a test of S3, or by nothing, is passed over', async () => {
    const test = JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'upload' })
    expect(
      await cloud.ingest([
        test,
        '{}',
        '{"Records":[]}',
        '{"Records":[{"eventName":"ObjectRemoved:Delete"}]}',
      ]),
    ).toBe(0)
  })

  it('told of by what is no JSON comes again, and alone', async () => {
    expect(await cloud.ingest(['not json', await cloud.put('vod/beside.mp4', film(3))])).toBe(1)
    expect(await cloud.item('beside')).toMatchObject({ state: 'ready' })
  })

  it('told of by S3 itself and by EventBridge, in any order and twice, is indexed once', async () => {
    for (const [name, order] of [
      ['both-ways', [0, 1, 0, 1]],
      ['ways-turned', [1, 0, 0, 1]],
    ] as const) {
      const own = await cloud.put(`vod/${name}.mp4`, film(3))
      const { Records } = JSON.parse(own) as { Records: readonly [S3EventRecord] }
      const [record] = Records
      const target = 'event-bridge' as const
      const byBus = JSON.stringify(busEvent({ id: '1', bucket: 'upload', target, targetArn: '', record }))
      expect(await cloud.ingest(order.map((way) => [own, byBus][way] ?? ''))).toBe(0)
      expect(await cloud.item(name)).toMatchObject({ state: 'ready', revision: 1 })
    }
  })

  it('that are the folders consoles make are nobody’s assets', async () => {
    expect(await cloud.ingest([await cloud.put('vod/folder/', ' ')])).toBe(0)
    expect(await cloud.item('folder')).toBeUndefined()
  })

  it.each([
    ['vod/böse Film.mp4', /^b-se-Film-[0-9a-f]{8}$/, 'ASSET_ID'],
    ['vod/...mp4', /^\.\.-[0-9a-f]{8}$/, 'ASSET_ID'],
    ['vod/film-without-extension', /^film-without-extension-[0-9a-f]{8}$/, 'ASSET_KEY'],
    ['vod/a/b/c.mp4', /^a-b-c-[0-9a-f]{8}$/, 'ASSET_KEY'],
    ['film.mp4', /^film-[0-9a-f]{8}$/, 'ASSET_KEY'],
    ['live/ch1/x.mp4', /^live-ch1-x-[0-9a-f]{8}$/, 'ASSET_KEY'],
    ['vod/film.vtt', /^film-[0-9a-f]{8}$/, 'ASSET_SUBTITLES'],
  ])('as %s shows as a failed asset', async (key, id, code) => {
    const before = new Set(cloud.lines)
    await cloud.ingest([await cloud.put(key, film(1))])
    const line = cloud.lines.find((one) => !before.has(one) && one.includes('upload refused'))
    expect(JSON.parse(line ?? '{}')).toMatchObject({ key, code })
    const assetId = await seen(key)
    expect(assetId).toMatch(id)
    expect(await cloud.item(assetId)).toMatchObject({
      state: 'failed',
      error: { code, message: expect.stringContaining(key) },
    })
  })
})

async function seen(key: string): Promise<string> {
  const { readUploadKey } = await import('../../../lib/assets/uploads/upload-key.ts')
  const read = readUploadKey(key)
  return read.kind === 'other' ? '' : read.assetId
}

describe('an upload that is replaced', () => {
  it('has a new version, whichever event comes first; the old one goes on playing', async () => {
    const old = await cloud.put('vod/replaced.mp4', film(3))
    await cloud.ingest([old])
    const before = await cloud.timeline('replaced')
    const next = await cloud.put('vod/replaced.mp4', film(6))
    await cloud.ingest([next])
    await cloud.ingest([old])
    const after = await cloud.timeline('replaced')
    expect(after.version).not.toBe(before.version)
    expect(after.tracks[0]?.segments).toHaveLength(2)
    expect(await cloud.item('replaced')).toMatchObject({ state: 'ready', revision: 2 })
    const path = `/media/clear/vod/replaced/${before.version}/video-1/1.0.m4s`
    const { status, body } = await cloud.packager.answer({ method: 'GET', path, headers: {} })
    expect([status, joined(body).length]).toEqual([200, before.tracks[0]?.segments[0]?.bytes])
  })

  it('by a broken one fails with a code, and the old version plays', async () => {
    await cloud.ingest([await cloud.put('vod/worse.mp4', film(3))])
    const { version } = await cloud.timeline('worse')
    const whole = film(6)
    expect(await cloud.ingest([await cloud.put('vod/worse.mp4', whole.subarray(0, whole.length / 2))])).toBe(
      0,
    )
    expect(await cloud.item('worse')).toMatchObject({
      state: 'failed',
      version,
      error: {
        code: 'MP4_TRUNCATED',
        message: expect.stringMatching(/^vod\/worse\.mp4: .*upload it again$/),
      },
    })
    await cloud.ingest([await cloud.put('vod/worse.mp4', whole)])
    const item = await cloud.item('worse')
    expect([item?.['state'], item?.['error'], item?.['version'] === version]).toEqual([
      'ready',
      undefined,
      false,
    ])
  })

  it('while it was indexed is not published over the new one', async () => {
    const old = await cloud.put('vod/raced.mp4', film(3))
    const next = await cloud.put('vod/raced.mp4', film(6))
    let told = false
    const slow: IngestPorts = {
      ...cloud.ports,
      async store(...object) {
        if (!told) {
          told = true
          await cloud.ingest([next])
        }
        return cloud.ports.store(...object)
      },
    }
    await cloud.ingest([old], { ports: slow })
    expect((await cloud.timeline('raced')).tracks[0]?.segments).toHaveLength(2)
    expect(await cloud.item('raced')).toMatchObject({ state: 'ready', revision: 2 })
  })

  it('and gone again before it is read fails with a code', async () => {
    const message = await cloud.put('vod/gone.mp4', film(3))
    const { Records } = JSON.parse(message) as { Records: [{ s3: { object: { versionId: string } } }] }
    const { versionId } = Records[0].s3.object
    await cloud.s3.send(
      new DeleteObjectCommand({ Bucket: 'upload', Key: 'vod/gone.mp4', VersionId: versionId }),
    )
    expect(await cloud.ingest([message])).toBe(0)
    expect(await cloud.item('gone')).toMatchObject({ state: 'failed', error: { code: 'OBJECT_GONE' } })
  })

  it.each(['GLACIER', 'DEEP_ARCHIVE'] as const)(
    'in %s fails with what to do, and is not tried again',
    async (StorageClass) => {
      const key = `vod/${StorageClass}.mp4`
      const message = await cloud.put(key, film(3))
      const { Records } = JSON.parse(message) as { Records: [{ s3: { object: { versionId: string } } }] }
      const { VersionId = '' } = await cloud.s3.send(
        new PutObjectCommand({ Bucket: 'upload', Key: key, Body: film(3), StorageClass }),
      )
      const archived = message.replaceAll(Records[0].s3.object.versionId, VersionId)
      expect(await cloud.ingest([archived])).toBe(0)
      expect(await cloud.item(StorageClass)).toMatchObject({
        state: 'failed',
        error: {
          code: 'OBJECT_ARCHIVED',
          message: expect.stringMatching(
            new RegExp(`storage class ${StorageClass}; upload it again as STANDARD`),
          ),
        },
      })
    },
  )
})

describe('the list of assets', () => {
  it('is spread over partitions', () => {
    const kinds = Array.from({ length: 1000 }, (_, i) => assetKind(`film-${i}`))
    const counts = Map.groupBy(kinds, (kind) => kind)
    expect([...counts.keys()].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(assetKinds.slice(0, 8))
    for (const { length } of counts.values()) expect(length).toBeGreaterThan(80)
  })

  it('is written for what an asset becomes, and not for how far it is', async () => {
    await cloud.ingest([await cloud.put('vod/steps.mp4', film())])
    cloud.faults.add({ service: 'dynamodb', resource: 'index', kind: 'capacity' })
    for (const share of [0.1, 0.2, 0.3, 0.4]) await cloud.ports.advance('steps', { revision: 1, share })
    const [counted] = cloud.faults.rules()
    expect(counted?.used).toEqual([{ resource: 'index', key: 'vod/steps', reads: 0, writes: 4 }])
    expect(await cloud.progress('steps')).toBe(0.4)
    await cloud.ports.advance('steps', { revision: 0, share: 0.9 })
    expect(await cloud.progress('steps')).toBe(0.4)
    cloud.faults.remove()
  })
})

describe('an error of ours', () => {
  const broken: IngestPorts = { ...cloud.ports, store: async () => Promise.reject(new Error('SlowDown')) }

  it('has the message come again, alone, and the asset waits', async () => {
    const messages = [await cloud.put('vod/unlucky.mp4', film(3)), await cloud.put('vod/bad.mp4', 'no film')]
    expect(await cloud.ingest(messages, { ports: broken })).toBe(1)
    expect(await cloud.item('unlucky')).toMatchObject({ state: 'indexing', progress: 0 })
    expect(await cloud.progress('unlucky')).toBe(0.7)
    expect(await cloud.item('bad')).toMatchObject({ state: 'failed', error: { code: 'MP4_NOT_MP4' } })
    expect(await cloud.ingest(messages)).toBe(0)
    expect(await cloud.item('unlucky')).toMatchObject({ state: 'ready' })
  })

  it('at the last attempt shows, and still comes to the dead letters', async () => {
    const message = await cloud.put('vod/given-up.mp4', film(3))
    expect(await cloud.ingest([message], { ports: broken, attempts: 5 })).toBe(1)
    expect(await cloud.item('given-up')).toMatchObject({
      state: 'failed',
      error: { code: 'PACKAGING_INTERNAL' },
    })
    expect(await cloud.ingest([message])).toBe(0)
    expect(await cloud.item('given-up')).toMatchObject({ state: 'ready' })
  })
})

describe('an asset of several files', () => {
  it('without asset.json has a new version for each file that arrives', async () => {
    await cloud.ingest([await cloud.put('vod/loose/a.mp4', makeFilm([pictures(6)]))])
    const { version } = await cloud.timeline('loose')
    await cloud.ingest([await cloud.put('vod/loose/b.mp4', makeFilm([sound(12)]))])
    const timeline = await cloud.timeline('loose')
    expect(timeline.version).not.toBe(version)
    expect(timeline.tracks.map(({ id }) => id)).toEqual(['video-1', 'audio-1', 'video-1-trick'])
  })

  it('without asset.json is refused where a whole folder of segments was sent, before anything is read', async () => {
    const source = { sequencer: '1', eventTime: '2026-01-01T00:00:00.000Z', bytes: 1, etag: 'e' }
    for (let i = 0; i < 100; i++) await cloud.ports.remember('crowd', { key: `vod/crowd/${i}.ts`, source })
    await cloud.ingest([await cloud.put('vod/crowd/100.ts', 'no film')])
    expect(await cloud.item('crowd')).toMatchObject({ state: 'failed', error: { code: 'ASSET_FILES_MANY' } })
  })

  it('remembers no more files than its row holds, says so, and goes by asset.json all the same', async () => {
    const source = { sequencer: '1', eventTime: '2026-01-01T00:00:00.000Z', bytes: 1, etag: 'e' }
    const long = (i: number) => `vod/flood/${String(i).padStart(4, '0')}-${'x'.repeat(1000)}.ts`
    for (let i = 0; i < 130; i++) await cloud.ports.remember('flood', { key: long(i), source })
    const before = await cloud.item('flood')
    expect(Object.keys(Object(before?.['sources']))).toHaveLength(120)
    expect(JSON.stringify(before).length).toBeLessThan(250_000)

    expect(await cloud.ingest([await cloud.put('vod/flood/film.mp4', film())])).toBe(0)
    expect(await cloud.item('flood')).toMatchObject({ state: 'failed', error: { code: 'ASSET_FILES_MANY' } })
    const commit = JSON.stringify({ files: ['film.mp4'] })
    expect(await cloud.ingest([await cloud.put('vod/flood/asset.json', commit)])).toBe(0)
    expect(await cloud.item('flood')).toMatchObject({ state: 'ready' })
  })

  it('of a row that has more files than that, from before, is still indexed', async () => {
    const source = { sequencer: '1', eventTime: '2026-01-01T00:00:00.000Z', bytes: 1, etag: 'e' }
    const sources = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`vod/old/${i}.ts`, source]))
    const row = { state: 'ready', progress: 1, updatedAt: '2025', sources, revision: 300 }
    await cloud.putItem({ pk: 'vod/old', sk: 'asset', kind: 'asset', ...row })
    await cloud.put('vod/old/film.mp4', film())
    expect(await cloud.ingest([await cloud.put('vod/old/asset.json', '{"files":["film.mp4"]}')])).toBe(0)
    // Written again it is listed where others are.
    expect(await cloud.item('old')).toMatchObject({ state: 'ready', revision: 301, kind: assetKind('old') })
  })

  it('is committed by asset.json, in whatever order the events come', async () => {
    const files = {
      'vod/set/hd.mp4': makeFilm([pictures(6, 900)]),
      'vod/set/sd.mp4': makeFilm([pictures(6, 300)]),
      'vod/set/de.mp4': makeFilm([sound(12, 'und', 61)]),
      'vod/set/en.vtt': 'WEBVTT',
    }
    const messages: string[] = []
    for (const [key, body] of Object.entries(files)) messages.push(await cloud.put(key, body))
    messages.push(
      await cloud.put(
        'vod/set/asset.json',
        JSON.stringify({
          title: 'A set',
          files: ['hd.mp4', 'sd.mp4', { name: 'de.mp4', language: 'deu', label: 'Deutsch' }, 'en.vtt'],
          protection: 'none',
        }),
      ),
    )
    for (const message of messages.toReversed()) expect(await cloud.ingest([message, message])).toBe(0)
    const item = await cloud.item('set')
    expect(item).toMatchObject({
      state: 'ready',
      title: 'A set',
      skipped: [{ file: 'vod/set/en.vtt', code: 'TEXT_EMPTY' }],
      tracks: [{ id: 'video-1' }, { id: 'video-2' }, { id: 'audio-1', language: 'de', name: 'Deutsch' }],
    })
    const timeline = await cloud.timeline('set')
    // What comes later waits for the next asset.json.
    await cloud.ingest([await cloud.put('vod/set/sd.mp4', makeFilm([pictures(6, 200)]))])
    expect(await cloud.item('set')).toMatchObject({ state: 'ready', version: timeline.version })
    await cloud.ingest([
      await cloud.put('vod/set/asset.json', JSON.stringify({ files: ['hd.mp4', 'sd.mp4'] })),
    ])
    const next = await cloud.timeline('set')
    expect([next.version === timeline.version, next.tracks.length]).toEqual([false, 3])
    expect((await cloud.item('set'))?.['title']).toBeUndefined()
  })

  it.each([
    ['no JSON', '{', 'ASSET_JSON'],
    ['no files', '{"files":[]}', 'ASSET_JSON'],
    ['a file of another folder', '{"files":["../x.mp4"]}', 'ASSET_JSON'],
    [
      'more than an index entry holds',
      JSON.stringify({ files: Array.from({ length: 60_000 }, (_, i) => `${i}.mp4`) }),
      'ASSET_JSON',
    ],
    ['a file nobody uploaded', '{"files":["nobody.mp4"]}', 'ASSET_FILE_MISSING'],
    ['protection of no kind', '{"files":["a.mp4"],"protection":["cbcs"]}', 'ASSET_JSON'],
  ])('with %s in asset.json fails with a code', async (_name, text, code) => {
    expect(await cloud.ingest([await cloud.put('vod/wrong/asset.json', text)])).toBe(0)
    expect(await cloud.item('wrong')).toMatchObject({ state: 'failed', error: { code } })
  })

  it('is not shown where asset.json wants a protection there is none of', async () => {
    const messages = [
      await cloud.put('vod/sealed/a.mp4', makeFilm([pictures(6)])),
      await cloud.put('vod/sealed/asset.json', '{"files":["a.mp4"],"protection":{"scheme":"rot13"}}'),
    ]
    expect(await cloud.ingest(messages.toReversed())).toBe(0)
    const item = await cloud.item('sealed')
    expect(item).toMatchObject({ state: 'failed', error: { code: 'ASSET_PROTECTION' } })
    expect(item?.['version']).toBeUndefined()
  })

  it('and one that is complete by itself: what was uploaded last counts', async () => {
    const folder = await cloud.put('vod/both/a.mp4', makeFilm([pictures(6)]))
    await new Promise((resolve) => setTimeout(resolve, 5))
    const whole = await cloud.put('vod/both.mp4', makeFilm([sound(12)]))
    await cloud.ingest([whole])
    await cloud.ingest([folder])
    expect((await cloud.timeline('both')).tracks.map(({ id }) => id)).toEqual(['audio-1'])
  })
})
