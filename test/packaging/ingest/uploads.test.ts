/** What messages, keys and asset.json say, and which uploads make up an asset. */
import { describe, expect, it } from 'vitest'
import { type UploadSource, uploadsOf } from '../../../lib/assets/uploads/upload-event.ts'
import { readUploadKey } from '../../../lib/assets/uploads/upload-key.ts'
import { readAssetJson } from '../../../lib/packaging/assets/asset-json.ts'
import { clipped } from '../../../lib/packaging/assets/clip-text.ts'
import { compositionOf, versionOf } from '../../../lib/packaging/assets/composition.ts'
import { bcp47 } from '../../../lib/packaging/assets/language.ts'
import { inspectMp4 } from '../../../lib/packaging/index.ts'
import { demoFilm, fileSource } from '../films/films.ts'

const message = (object: object): string =>
  JSON.stringify({
    Records: [{ eventName: 'ObjectCreated:Put', eventTime: '2026-01-01T00:00:00.000Z', s3: { object } }],
  })

describe('messages of S3', () => {
  it('have their keys decoded, spaces and plus signs told apart', () => {
    const keys = ['vod/a+b%2Bc%C3%A4.mp4', 'vod/100%.mp4'].flatMap((key) => uploadsOf(message({ key })))
    expect(keys.map(({ key }) => key)).toEqual(['vod/a b+cä.mp4', 'vod/100%.mp4'])
  })

  it('are ordered as S3 says: padded on the right with zeros, then as text', () => {
    const sequencers = ['0055AED6DCD90281E5', '0055AED6DCD90281E4FF', '0055aed6dcd90281e500'].flatMap(
      (sequencer) => uploadsOf(message({ key: 'k', sequencer })),
    )
    const [a = '', b = '', c = ''] = sequencers.map(({ source }) => source.sequencer)
    expect([b < a, a === c]).toEqual([true, true])
  })
})

describe('messages of EventBridge', () => {
  const created = (object: object, more: object = {}): string =>
    JSON.stringify({
      version: '0',
      id: '17793124-05d4-b198-2fde-7ededc63b103',
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: '111122223333',
      time: '2026-01-01T00:00:00Z',
      region: 'ca-central-1',
      resources: ['arn:aws:s3:::films'],
      detail: {
        version: '0',
        bucket: { name: 'films' },
        object,
        'request-id': 'N4N7GDK58NMKJ12R',
        requester: '123456789012',
        'source-ip-address': '1.2.3.4',
        reason: 'PutObject',
      },
      ...more,
    })

  it('are read as S3 writes them, into what its own notification of the same upload says', () => {
    const size = 5
    const facts = { size, sequencer: '0061AF29E21F57B300' }
    const told = created({ ...facts, key: 'vod/my film.mp4', etag: 'e1', 'version-id': 'v1' })
    const formerly = message({ ...facts, key: 'vod/my+film.mp4', eTag: 'e1', versionId: 'v1' })
    expect(uploadsOf(told)).toEqual([
      {
        key: 'vod/my film.mp4',
        source: {
          versionId: 'v1',
          sequencer: '0061AF29E21F57B3',
          eventTime: '2026-01-01T00:00:00Z',
          bytes: size,
          etag: 'e1',
        },
      },
    ])
    const { eventTime: _told, ...source } = uploadsOf(told)[0]?.source ?? {}
    expect(uploadsOf(formerly)[0]?.source).toMatchObject(source)
  })

  it.each(['vod/a b.mp4', 'vod/a+b.mp4', 'vod/100%.mp4', 'vod/a%20b.mp4', 'vod/ä ø 映画.mp4', 'vod/😀.mp4'])(
    'have their key as it is: %s',
    (key) => {
      expect(uploadsOf(created({ key })).map((upload) => upload.key)).toEqual([key])
    },
  )

  it('have no version where the bucket keeps none', () => {
    expect(uploadsOf(created({ key: 'vod/a.mp4', sequencer: '1' }))[0]?.source).not.toHaveProperty(
      'versionId',
    )
  })

  it('of what goes, and of other sources, tell of no upload', () => {
    for (const more of [{ 'detail-type': 'Object Deleted' }, { source: 'headend.assets' }])
      expect(uploadsOf(created({ key: 'vod/a.mp4' }, more))).toEqual([])
  })

  it('without a key are no message of S3', () => {
    for (const object of [{}, { key: '' }, { key: 7 }])
      expect(() => uploadsOf(created(object))).toThrow(expect.objectContaining({ code: 'EVENT_UNREADABLE' }))
  })
})

describe('keys', () => {
  it.each([
    ['vod/film.mp4', { kind: 'whole', assetId: 'film' }],
    ['vod/my.film.v2.mov', { kind: 'whole', assetId: 'my.film.v2' }],
    ['vod/film/1080p.mp4', { kind: 'part', assetId: 'film' }],
    ['vod/film/no extension', { kind: 'part', assetId: 'film' }],
    ['vod/film/asset.json', { kind: 'commit', assetId: 'film' }],
    ['vod/film/', { kind: 'other' }],
  ])('%s', (key, wanted) => {
    expect(readUploadKey(key)).toEqual(wanted)
  })

  it.each([
    'vod/...mp4',
    'vod/./a.mp4',
    'vod/a b.mp4',
    `vod/${'x'.repeat(129)}.mp4`,
    'x.mp4',
    'live/ch1/1.cmfv',
    'vod/film',
    'vod/a/b/c',
    'vod/film.vtt',
  ])('%s names nothing, and shows under an id of its own', (key) => {
    const read = readUploadKey(key)
    expect(read).toMatchObject({ kind: 'bad', assetId: expect.stringMatching(/^[A-Za-z0-9._-]{1,128}$/) })
  })
})

describe('asset.json', () => {
  it('names files plainly or with language and label', () => {
    const text = JSON.stringify({
      title: 'Film',
      files: ['a.mp4', { name: 'vod/film/b.mp4', language: 'ger', label: 'Deutsch' }, { file: 'c.mp4' }],
      languages: { 'c.mp4': 'pt_BR' },
      protection: 'none',
      more: 1,
    })
    expect(readAssetJson(text, 'film')).toEqual({
      title: 'Film',
      files: [
        { key: 'vod/film/a.mp4' },
        { key: 'vod/film/b.mp4', language: 'de', name: 'Deutsch' },
        { key: 'vod/film/c.mp4', language: 'pt-BR' },
      ],
      protection: 'none',
    })
  })

  it('takes null for no policy', () => {
    const text = JSON.stringify({ files: ['a.mp4'], protection: null })
    expect(() => readAssetJson(text, 'film')).toThrow(/expected protection "none" or a policy, got null/)
  })

  it.each([
    ['[]', 'an object'],
    ['{"files":["a.mp4","a.mp4"]}', 'each file once'],
    ['{"files":[{"name":"a.mp4","language":"not a language"}]}', 'a language of BCP 47'],
    ['{"files":["a.mp4"],"title":1}', 'a title of text'],
    ['{"files":["asset.json"]}', 'the name of a file'],
    ['{"files":["a.mp4"],"title":"a\\nb"}', 'a title of text in one line'],
    [JSON.stringify({ files: ['a.mp4'], title: 'x'.repeat(501) }), 'a title of text in one line'],
    ['{"files":[{"name":"a.mp4","label":"a\\u0000"}]}', 'a label of text in one line'],
  ])('%s is refused', (text, expected) => {
    expect(() => readAssetJson(text, 'film')).toThrow(
      new RegExp(`vod/film/asset.json: expected ${expected}.*, got`),
    )
  })
})

describe('what is stored of a long text', () => {
  it('ends with an ellipsis and breaks no character in two', () => {
    expect(clipped('short', 5)).toBe('short')
    expect(clipped('longer', 5)).toBe('long…')
    expect(clipped('lon😀er', 5).isWellFormed()).toBe(true)
  })
})

describe('languages', () => {
  it.each([
    ['deu', 'de'],
    ['eng', 'en'],
    ['mul', 'mul'],
    ['und', undefined],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['?', undefined],
    [undefined, undefined],
  ])('%s', (tag, wanted) => {
    expect(bcp47(tag)).toBe(wanted)
  })
})

const at = (second: number, versionId = `v${second}`): UploadSource => ({
  versionId,
  sequencer: '1',
  eventTime: `2026-01-01T00:00:0${second}.000Z`,
  bytes: 1,
  etag: 'e',
})

describe('an asset', () => {
  it('is what was uploaded last: a film, or a folder', () => {
    const sources = {
      'vod/film/b.mp4': at(1),
      'vod/film/a.mp4': at(3),
      'vod/film.mp4': at(2),
      'vod/film.mov': at(1),
    }
    expect(compositionOf('film', sources)).toEqual({ keys: ['vod/film/a.mp4', 'vod/film/b.mp4'] })
    expect(compositionOf('film', { ...sources, 'vod/film.mov': at(4) })).toEqual({ keys: ['vod/film.mov'] })
    expect(compositionOf('film', { ...sources, 'vod/film/asset.json': at(5) })).toEqual({
      keys: ['vod/film/a.mp4', 'vod/film/b.mp4'],
      commit: 'vod/film/asset.json',
    })
  })

  it('has one version for the same uploads, in whatever order, and another for others', () => {
    const [a, b] = [
      { key: 'a', source: at(1) },
      { key: 'b', source: at(2) },
    ]
    expect(versionOf([a, b])).toBe(versionOf([b, a]))
    expect(versionOf([a, b])).toMatch(/^[0-9a-f]{16}$/)
    expect(versionOf([a, { ...b, source: at(3) }])).not.toBe(versionOf([a, b]))
  })
})

describe('inspecting the demo film', () => {
  it('says what would be delivered, and what it would cost', async () => {
    const inspection = await inspectMp4(fileSource(demoFilm))
    expect(inspection).toMatchObject({
      file: 'video.mp4',
      bytes: 22_718_509,
      durationSeconds: 30,
      read: { requests: 14 },
      skipped: [],
      tracks: [
        { id: 'video-1', codec: 'avc1.640028', width: 1920, height: 1080, frameRate: [24, 1] },
        { id: 'audio-1', codec: 'mp4a.40.2', channels: 6, sampleRate: 48_000 },
        { id: 'video-1-trick', trickOf: 'video-1', codec: 'avc1.640028', frameRate: [1, 6] },
      ],
    })
    const [pictures] = inspection.tracks
    expect(pictures?.segments.map(({ durationSeconds }) => durationSeconds.toFixed(2))).toEqual([
      '10.42',
      '5.33',
      '7.29',
      '6.96',
    ])
    for (const { segments } of inspection.tracks)
      for (const { reads } of segments) expect(reads).toBeLessThanOrEqual(8)
  })
})
