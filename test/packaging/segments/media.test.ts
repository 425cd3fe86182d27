/** The packager's answers. */

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { fetchSamples } from '../../../lib/packaging/segments/fetch-samples.ts'
import { wantedBytes } from '../../../lib/packaging/segments/http-range.ts'
import type { MediaReader } from '../../../lib/packaging/segments/media-reader.ts'
import { type Packager } from '../../../lib/packaging/segments/packager.ts'
import { partsOf, planReads } from '../../../lib/packaging/segments/read-plan.ts'
import { bytesSource, demoFilm, fileSource } from '../films/films.ts'
import { makeFilm } from '../films/make-film.ts'
import { type Asked, joined, mediaPath, readerOf, shelve } from '../films/shelf.ts'
import { clearPackager } from './clear-packager.ts'

const shelf = await shelve(fileSource(demoFilm))
const path = (file: string, track = 'video-1') => mediaPath(shelf.films, track, file)
const [pictures, sound] = shelf.films.timeline.tracks
const fetched = (packager: Packager, file: string) =>
  packager.answer({ method: 'GET', path: path(file), headers: {} })
const json = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString())

describe('a segment', () => {
  it('comes whole, with what a cache needs to keep it for ever', async () => {
    const { status, headers, bytes } = await shelf.get(path('2.0.m4s'))
    expect(status).toBe(200)
    expect(headers).toEqual({
      'content-type': 'video/mp4',
      'content-length': `${pictures?.segments[1]?.bytes}`,
      etag: '"0123456789abcdef-video-1-2.0.m4s"',
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=31536000, immutable',
    })
    expect(bytes).toHaveLength(pictures?.segments[1]?.bytes ?? 0)
  })

  it('of sound, and an init segment, have their own types', async () => {
    expect((await shelf.get(path('1.0.m4s', 'audio-1'))).headers['content-type']).toBe('audio/mp4')
    const init = await shelf.get(path('i-1.mp4'))
    expect([init.status, init.headers['content-type'], init.bytes.length > 500]).toEqual([
      200,
      'video/mp4',
      true,
    ])
  })

  it('answers HEAD from the directory without touching the film', async () => {
    const before = shelf.asked.length
    const { status, headers, bytes } = await shelf.get(path('3.0.m4s'), {}, 'HEAD')
    expect([status, headers['content-length'], bytes.length]).toEqual([
      200,
      `${pictures?.segments[2]?.bytes}`,
      0,
    ])
    expect(shelf.asked.slice(before)).toEqual([])
  })

  it('comes in any part, the same bytes as whole', async () => {
    const whole = (await shelf.get(path('4.0.m4s', 'audio-1'))).bytes
    const place = fc.nat({ max: whole.length - 1 })
    await fc.assert(
      fc.asyncProperty(place, place, async (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const part = await shelf.get(path('4.0.m4s', 'audio-1'), { range: `bytes=${from}-${to}` })
        expect([part.status, part.headers['content-range']]).toEqual([
          206,
          `bytes ${from}-${to}/${whole.length}`,
        ])
        expect(Buffer.compare(part.bytes, whole.subarray(from, to + 1))).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  it('beyond its end answers 416', async () => {
    const { status, headers } = await shelf.get(path('2.0.m4s'), { range: 'bytes=99999999-' })
    expect([status, headers['content-range']]).toEqual([416, `bytes */${pictures?.segments[1]?.bytes}`])
    const head = await shelf.get(path('2.0.m4s'), { range: 'bytes=99999999-' }, 'HEAD')
    expect([head.status, head.headers['content-length']]).toEqual([200, `${pictures?.segments[1]?.bytes}`])
  })

  const own = '"0123456789abcdef-video-1-2.0.m4s"'
  // RFC 9110 13.1 and 13.2.2: If-Match compares strongly, If-None-Match weakly; the first is evaluated first.
  it.each([
    [200, 'If-Match names it', { 'if-match': `"other", ${own}` }],
    [200, 'If-Match takes any', { 'if-match': ' * ' }],
    [412, 'If-Match names another', { 'if-match': '"other"' }],
    [412, 'If-Match names it weakly', { 'if-match': `W/${own}` }],
    [412, 'If-Match holds its tag within another', { 'if-match': `"a,${own.slice(1, -1)}b"` }],
    [412, 'If-Match names nothing', { 'if-match': '' }],
    [304, 'If-None-Match names it weakly', { 'if-none-match': `"other", W/${own}` }],
    [304, 'If-None-Match takes none', { 'if-none-match': '*' }],
    [200, 'If-None-Match names another', { 'if-none-match': '"other, *"' }],
    [304, 'both name it', { 'if-match': own, 'if-none-match': own }],
    [
      412,
      'If-Match names another and If-None-Match names it',
      { 'if-match': '"other"', 'if-none-match': own },
    ],
    [304, 'If-None-Match names it and a range is asked for', { 'if-none-match': own, range: 'bytes=0-9' }],
    [206, 'If-Range names it', { 'if-range': own, range: 'bytes=0-9' }],
    [200, 'If-Range names it weakly', { 'if-range': `W/${own}`, range: 'bytes=0-9' }],
    [200, 'If-Range names another', { 'if-range': '"other"', range: 'bytes=0-9' }],
    [200, 'If-Range names a day', { 'if-range': 'Mon, 30 Nov 2026 00:00:00 GMT', range: 'bytes=0-9' }],
    [
      412,
      'a range beyond its end is asked for, of another',
      { 'if-match': '"other"', range: 'bytes=99999999-' },
    ],
    // It has no date: a condition that names one is passed over.
    [200, 'If-Unmodified-Since names a day', { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
    [200, 'If-Modified-Since names a day', { 'if-modified-since': 'Tue, 01 Jan 2030 00:00:00 GMT' }],
  ])('is answered with %i where %s', async (expected, _name, headers) => {
    const { status, headers: got, bytes } = await shelf.get(path('2.0.m4s'), headers)
    expect(status).toBe(expected)
    if (expected === 412)
      expect([json(bytes), got['cache-control']]).toEqual([
        { error: { code: 'MEDIA_PRECONDITION', message: expect.any(String) } },
        'no-store',
      ])
    const head = await shelf.get(path('2.0.m4s'), headers, 'HEAD')
    expect([head.status, head.bytes.length]).toEqual([expected === 206 ? 200 : expected, 0])
  })

  it.each([
    ['beyond the last one', path('5.0.m4s'), 'GET', 404, 'MEDIA_UNKNOWN'],
    ['of another cut', path('1.1.m4s'), 'GET', 404, 'MEDIA_UNKNOWN'],
    ['of another config', path('i-2.mp4'), 'GET', 404, 'MEDIA_UNKNOWN'],
    ['of a track nobody has', path('1.0.m4s', 'toString'), 'GET', 404, 'MEDIA_UNKNOWN'],
    ['of another version', '/media/clear/vod/film/ffff/video-1/1.0.m4s', 'GET', 404, 'MEDIA_UNKNOWN'],
    ['under no path of ours', '/media/clear/vod/film', 'GET', 404, 'MEDIA_UNKNOWN'],
    [
      'protected',
      '/media/cbcs-ALL-0/vod/film/0123456789abcdef/video-1/1.0.m4s',
      'GET',
      403,
      'MEDIA_PROTECTION',
    ],
    ['written', path('1.0.m4s'), 'PUT', 405, 'MEDIA_METHOD'],
  ])('%s is refused, for a second', async (_name, wanted, method, status, code) => {
    const answer = await shelf.get(wanted, {}, method)
    expect([answer.status, answer.headers['cache-control']]).toEqual([status, 'max-age=1'])
    expect(json(answer.bytes)).toEqual({ error: { code, message: expect.any(String) } })
  })
})

it('says little back, however much was asked', async () => {
  const answer = await shelf.get(`/media/${'x'.repeat(8000)}`)
  expect([answer.status, answer.bytes.length < 600]).toEqual([404, true])
  expect((await shelf.get(path('1.0.m4s'), {}, 'M'.repeat(8000))).bytes.length).toBeLessThan(600)
})

describe('reading', () => {
  it('scattered sound takes few requests: one of it, for 144 chunks', async () => {
    const counts: [requests: number, share: number][] = []
    for (const track of [pictures, sound]) {
      for (const { number, bytes } of track?.segments ?? []) {
        const before = shelf.asked.length
        await shelf.get(path(`${number}.0.m4s`, track?.id))
        const film = shelf.asked.slice(before).filter(({ key }) => key.startsWith('vod/'))
        counts.push([film.length, film.reduce((sum, { length }) => sum + length, 0) / bytes])
      }
    }
    for (const [requests] of counts) expect(requests).toBeLessThanOrEqual(8)
    // Pictures are read with the sound between them, sound with the pictures: up to 48 times what it is.
    for (const [, share] of counts.slice(0, 4)) expect(share).toBeLessThan(1.2)
    for (const [, share] of counts.slice(4)) expect(share).toBeLessThan(60)
  })

  it('a warm packager reads one entry of the index and the film', async () => {
    await shelf.get(path('2.0.m4s'))
    const before = shelf.asked.length
    await shelf.get(path('3.0.m4s'))
    const keys = shelf.asked.slice(before).map(({ key }) => key.split('/').at(-1))
    expect(keys).toEqual(['samples.bin', 'video.mp4'])
  })

  it('plans cover every part once, within eight requests', () => {
    const extent = fc.record({
      offset: fc.nat({ max: 2 ** 26 }),
      length: fc.integer({ min: 1, max: 2 ** 20 }),
    })
    fc.assert(
      fc.property(fc.array(extent, { maxLength: 200 }), (extents) => {
        const parts = partsOf(extents, 100)
        const reads = planReads(parts)
        expect(reads.length).toBeLessThanOrEqual(8)
        expect(reads.flatMap((read) => read.parts).toSorted((a, b) => a.to - b.to)).toEqual(parts)
        for (const { range, parts: mine } of reads)
          for (const { offset, length } of mine) {
            expect(offset).toBeGreaterThanOrEqual(range.offset)
            expect(offset + length).toBeLessThanOrEqual(range.offset + range.length)
          }
      }),
    )
  })
})

describe('memory', () => {
  const film = fileSource(demoFilm)
  const uploads = new Map([[`vod/${film.name}`, film]])
  /** Counts what was taken of the film, and the largest chunk. */
  const counting = () => {
    const whole = readerOf({ uploads, media: shelf.media, asked: [] })
    const tally = { taken: 0, chunk: 0 }
    const reader: MediaReader = {
      ...whole,
      async stream(object, range, signal) {
        const stream = await whole.stream(object, range, signal)
        return (async function* () {
          for await (const chunk of stream) {
            tally.taken += chunk.length
            tally.chunk = Math.max(tally.chunk, chunk.length)
            yield chunk
          }
        })()
      },
    }
    return { reader, tally }
  }

  it('has all of a segment before its answer begins, once', async () => {
    const { reader, tally } = counting()
    const { headers, body } = await fetched(clearPackager(reader), '1.0.m4s')
    const { taken } = tally
    const bytes = joined(body)
    expect([bytes.length, bytes.length <= taken]).toEqual([Number(headers['content-length']), true])
    expect(Buffer.from(bytes).toString('latin1', 4, 8)).toBe('styp')
    expect(tally.taken).toBe(taken)
  })

  it('given back serves the next segment, and bytes of another never show in it', async () => {
    const packager = clearPackager(counting().reader)
    for (const file of ['1.0.m4s', '4.0.m4s', '2.0.m4s', '1.0.m4s']) {
      const { body, giveBack } = await fetched(packager, file)
      expect(Buffer.compare(joined(body), (await shelf.get(path(file))).bytes)).toBe(0)
      expect(giveBack).toBeTypeOf('function')
      giveBack?.()
    }
  })

  it('is not lent for what cannot leave in the time a function has', async () => {
    const heavy = await shelve(
      bytesSource(
        makeFilm([
          {
            type: 'video',
            timescale: 1,
            samples: Array.from({ length: 3 }, (_, i) => ({ size: 34_000_000, duration: 1, sync: i === 0 })),
          },
        ]),
      ),
    )
    const at = mediaPath(heavy.films, 'video-1', '1.0.m4s')
    const refused = await heavy.get(at)
    expect([refused.status, json(refused.bytes)]).toEqual([
      500,
      { error: { code: 'MEDIA_TOO_LARGE', message: expect.any(String) } },
    ])
    const part = await heavy.get(at, { range: 'bytes=50000000-50000099' })
    expect([part.status, part.bytes.length]).toEqual([206, 100])
  })

  it('is that of one segment where its samples lie in another order', async () => {
    const bytes = Buffer.from(Array.from({ length: 5_000_000 }, (_, i) => i % 251))
    const extents = [3_000_000, 1_000_000, 4_500_000, 0].map((offset) => ({ offset, length: 1000 }))
    const asked: Asked[] = []
    const reader = readerOf({ uploads, media: new Map([['scattered', bytes]]), asked })
    const pieces: Uint8Array[] = []
    for await (const piece of await fetchSamples({
      reader,
      object: { bucket: 'media', key: 'scattered' },
      head: Buffer.from('head'),
      reads: planReads(partsOf(extents, 4)),
      from: 0,
      until: 4004,
    }))
      pieces.push(piece.slice())
    const expected = extents.map(({ offset, length }) => bytes.subarray(offset, offset + length))
    expect(Buffer.concat(pieces)).toEqual(Buffer.concat([Buffer.from('head'), ...expected]))
    expect(asked.map(({ length }) => length)).toEqual([1000, 1000, 1000, 1000])
  })
})

describe('a store that', () => {
  const film = fileSource(demoFilm)
  const uploads = new Map([[`vod/${film.name}`, film]])
  const reader = () => readerOf({ uploads, media: shelf.media, asked: [] })
  it('drops a connection is asked for the rest', async () => {
    const whole = reader()
    let breaks = 2
    const packager = clearPackager({
      ...whole,
      async stream(object, range, signal) {
        const stream = await whole.stream(object, range, signal)
        return (async function* () {
          let sent = 0
          for await (const chunk of stream) {
            if (breaks > 0 && sent > 30_000) {
              breaks--
              throw new Error('connection reset')
            }
            sent += chunk.length
            yield chunk
          }
        })()
      },
    })
    const { body } = await fetched(packager, '2.0.m4s')
    expect(Buffer.compare(joined(body), (await shelf.get(path('2.0.m4s'))).bytes)).toBe(0)
  })

  it('breaks off for good is an error before the answer begins', async () => {
    const packager = clearPackager({
      ...reader(),
      stream: async () =>
        (async function* () {
          yield new Uint8Array(5)
          throw new Error('gone for good')
        })(),
    })
    await expect(fetched(packager, '2.0.m4s')).rejects.toThrow('gone for good')
  })

  it('ends early each time is to be asked for again: no short segment leaves', async () => {
    const whole = reader()
    const packager = clearPackager({
      ...whole,
      stream: async (object, range, signal) => {
        const stream = await whole.stream(object, range, signal)
        return (async function* () {
          for await (const chunk of stream) {
            yield chunk.subarray(0, 10)
            return
          }
        })()
      },
    })
    const logged: unknown[] = []
    const request = { method: 'GET', path: path('2.0.m4s'), headers: {} }
    const { status, headers, body } = await packager.answer(request, (error) => logged.push(error))
    expect([status, headers['retry-after'], json(joined(body))]).toEqual([
      503,
      '1',
      { error: { code: 'OBJECT_BROKEN_OFF', message: expect.any(String) } },
    ])
    expect(logged).toHaveLength(1)
  })

  it('is where this version can not fetch it is an error of ours', async () => {
    const whole = reader()
    const packager = clearPackager({
      ...whole,
      whole: async (object) => {
        const placement = JSON.parse(Buffer.from(await whole.whole(object)).toString())
        for (const track of Object.values<Record<string, unknown>>(placement.tracks))
          track['segments'] = { '2.0': { kind: 'url', url: 'https://elsewhere.example/2.m4s' } }
        return Buffer.from(JSON.stringify(placement))
      },
    })
    await expect(fetched(packager, '2.0.m4s')).rejects.toMatchObject({
      code: 'PACKAGING_LOCATOR',
      status: 500,
    })
  })

  it('has no film any more says so, after asking for the placement again', async () => {
    const asked: string[] = []
    const whole = reader()
    const packager = clearPackager({
      ...whole,
      whole: (object) => {
        asked.push(object.key.split('/').at(-1) ?? '')
        return whole.whole(object)
      },
      stream: async () => Promise.reject(new HeadendError('OBJECT_GONE', 'gone', { status: 404 })),
    })
    const { status, body } = await fetched(packager, '2.0.m4s')
    expect([status, json(joined(body))]).toEqual([
      404,
      { error: { code: 'MEDIA_GONE', message: expect.any(String) } },
    ])
    expect(asked).toEqual(['placement.json', 'placement.json'])
  })

  it('fails otherwise is an error of ours', async () => {
    const packager = clearPackager({ ...reader(), piece: async () => Promise.reject(new Error('slow down')) })
    await expect(fetched(packager, '2.0.m4s')).rejects.toThrow('slow down')
  })

  it('moved a segment is found at its new place, under the same URL', async () => {
    const archived = Buffer.from('a segment as it was archived')
    const placement = JSON.parse(
      Buffer.from(shelf.media.get('timelines/vod/film/0123456789abcdef/placement.json') ?? '').toString(),
    ) as { tracks: Record<string, { segments: Record<string, unknown> }>; revision: number }
    placement.revision = 2
    const [track] = Object.values(placement.tracks)
    if (track)
      track.segments = {
        '1.0': { kind: 'object', object: { bucket: 'media', key: 'archive/1' } },
        '2.0': {
          kind: 'range',
          object: { bucket: 'media', key: 'archive/1' },
          range: { offset: 2, length: 7 },
        },
      }
    const media = new Map([
      ...shelf.media,
      ['archive/1', archived],
      ['timelines/vod/film/0123456789abcdef/placement.json', Buffer.from(JSON.stringify(placement))],
    ])
    const packager = clearPackager(readerOf({ uploads, media, asked: [] }))
    const text = async (file: string) => Buffer.from(joined((await fetched(packager, file)).body)).toString()
    expect([await text('1.0.m4s'), await text('2.0.m4s')]).toEqual([
      'a segment as it was archived',
      'segment',
    ])
    expect((await fetched(packager, '3.0.m4s')).headers['content-length']).toBe(
      `${pictures?.segments[2]?.bytes}`,
    )
  })
})

describe('Range headers (RFC 9110 14.1.2)', () => {
  it.each([
    [undefined, { kind: 'all' }],
    ['bytes=0-99', { kind: 'part', from: 0, until: 100 }],
    ['bytes=90-', { kind: 'part', from: 90, until: 100 }],
    ['bytes=-10', { kind: 'part', from: 90, until: 100 }],
    ['bytes=-1000', { kind: 'part', from: 0, until: 100 }],
    ['bytes=10-1000', { kind: 'part', from: 10, until: 100 }],
    ['bytes=100-', { kind: 'beyond' }],
    ['bytes=-0', { kind: 'beyond' }],
    ['bytes=5-4', { kind: 'all' }],
    ['bytes=0-1,5-6', { kind: 'all' }],
    ['bytes=-', { kind: 'all' }],
    ['lines=0-1', { kind: 'all' }],
  ])('%s of 100 bytes', (header, wanted) => {
    expect(wantedBytes(header, 100)).toEqual(wanted)
  })
})
