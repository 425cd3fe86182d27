/** The key frame that a live segment begins with, as the packager makes it of the stored object. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { ByteReader } from '../../../lib/formats/isobmff/byte-reader.ts'
import { boxes } from '../../../lib/formats/isobmff/index.ts'
import { writeSegment } from '../../../lib/formats/isobmff/segment.ts'
import type { MediaReader } from '../../../lib/packaging/segments/media-reader.ts'
import { readStoredSegment } from '../../../lib/packaging/segments/stored-segment.ts'
import { clearPackager } from './clear-packager.ts'

const folder = 'live/news/0123456789abcdef'
const start = 161_650_728_000_000

interface Made {
  readonly sizes: readonly number[]
  /** Bytes of a `free` box between `styp` and `moof`, where events stand. @default none */
  readonly between?: number
  readonly sync?: readonly number[]
}

/** A live segment of frames of 3600 ticks, each full of its number. */
function segment({ sizes, between = 0, sync = sizes.map((_, i) => (i === 0 ? 1 : 0)) }: Made): Uint8Array {
  const { bytes, headBytes } = writeSegment({
    sequence: 7,
    trackId: 1,
    decodeTime: start,
    sizes: Uint32Array.from(sizes),
    durations: new Uint32Array(sizes.length).fill(3600),
    compositionOffsets: Int32Array.from(sizes, (_, i) => (i % 2) * 3600),
    sync: Uint8Array.from(sync),
  })
  let at = headBytes
  for (const [i, size] of sizes.entries()) bytes.fill(i + 1, at, (at += size))
  const styp = new DataView(bytes.buffer).getUint32(0)
  const free = new Uint8Array(between)
  if (between > 0) new DataView(free.buffer).setUint32(0, between)
  free.set(Buffer.from('free').subarray(0, between), Math.min(4, between))
  return Buffer.concat([bytes.subarray(0, styp), free, bytes.subarray(styp)])
}

/** A packager over one stored segment, and what it reads. */
function over(stored: Uint8Array) {
  const reads: string[] = []
  const objectOf = (key: string): Uint8Array => {
    if (key.replace('audio-1', 'video-1') !== `timelines/${folder}/video-1/${start}.0.m4s`)
      throw new HeadendError('OBJECT_GONE', `${key}: expected an object, got none`, { status: 404 })
    return stored
  }
  const reader: MediaReader = {
    async whole({ key }) {
      reads.push('whole')
      return objectOf(key)
    },
    async described({ key }) {
      reads.push('whole')
      return { bytes: Uint8Array.from(objectOf(key)), facts: {} }
    },
    async piece({ key }, { offset, length }) {
      reads.push(`${offset}+${length}`)
      const piece = objectOf(key).subarray(offset, offset + length)
      if (piece.length < length)
        throw new HeadendError('OBJECT_SHORT', `${key}: expected ${length} bytes, got ${piece.length}`, {
          status: 502,
        })
      return piece
    },
    stream: () => Promise.reject(new Error('not streamed')),
  }
  const packager = clearPackager(reader)
  const get = async (
    track = 'video-1-trick',
    headers: Readonly<Record<string, string>> = {},
    method = 'GET',
    part = '',
  ) => {
    const path = `/media/clear/${folder}/${track}/${start}.0${part}.m4s`
    const answer = await packager.answer({ method, path, headers })
    return { ...answer, bytes: Buffer.concat(answer.body) }
  }
  return { get, reads }
}

const alone = (size: number): Uint8Array => {
  const { bytes, headBytes } = writeSegment({
    sequence: 7,
    trackId: 1,
    decodeTime: start,
    sizes: Uint32Array.of(size),
    durations: Uint32Array.of(3 * 3600),
  })
  bytes.fill(1, headBytes)
  return bytes
}

describe('the first frames of a live segment', () => {
  const stored = segment({ sizes: [500, 20, 30], sync: [1, 1, 1], between: 100 })
  const first = (track: string, ticks: number, headers = {}) =>
    over(stored).get(track, headers, 'GET', `-${ticks}`)

  it('are a segment that begins where the whole does, and has no events', async () => {
    const { status, headers, bytes } = await first('audio-1', 3601)
    expect([status, headers['content-type']]).toEqual([200, 'audio/mp4'])
    expect([...boxes(new ByteReader(bytes))].map(({ type }) => type)).toEqual(['styp', 'moof', 'mdat'])
    const { fragment, samples } = readStoredSegment('first', bytes)
    expect([fragment.decodeTime, ...fragment.sizes]).toEqual([start, 500, 20])
    expect(Buffer.from(samples)).toEqual(Buffer.concat([Buffer.alloc(500, 1), Buffer.alloc(20, 2)]))
    const part = await first('audio-1', 3601, { range: 'bytes=5-99' })
    expect([part.status, part.bytes]).toEqual([206, bytes.subarray(5, 100)])
  })

  it('are not there of video, nor in place of the whole', async () => {
    expect((await first('video-1', 3600)).status).toBe(404)
    expect((await first('audio-1', 3 * 3600)).status).toBe(404)
  })
})

describe('a key frame of a live segment', () => {
  it.each([
    ['of a small object', { sizes: [500, 20, 30] }, ['0+262144', 'whole']],
    ['of a large one, in one read', { sizes: [500, 200_000, 200_000] }, ['0+262144']],
    ['that is large itself', { sizes: [300_000, 20, 30] }, ['0+262144', '164+300000']],
    ['behind long events', { sizes: [500, 20, 30], between: 300_000 }, ['0+262144', 'whole']],
  ])('%s is one sample that lasts as long as the whole', async (_, made, wanted) => {
    const { get, reads } = over(segment(made))
    const { status, headers, bytes } = await get()
    expect([status, headers['content-type']]).toEqual([200, 'video/mp4'])
    expect(bytes.equals(alone(made.sizes[0] ?? 0))).toBe(true)
    expect(headers['content-length']).toBe(`${bytes.length}`)
    expect([...boxes(new ByteReader(bytes))].map(({ type }) => type)).toEqual(['styp', 'moof', 'mdat'])
    expect(reads).toEqual(wanted)
  })

  it('is given in parts that make the whole up, whatever range is asked for', async () => {
    const stored = segment({ sizes: [400, 20, 30] })
    const whole = alone(400)
    const within = fc.integer({ min: 0, max: whole.length - 1 })
    await fc.assert(
      fc.asyncProperty(within, within, async (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        const { status, bytes } = await over(stored).get('video-1-trick', { range: `bytes=${from}-${to}` })
        expect(status).toBe(206)
        expect(bytes.equals(whole.subarray(from, to + 1))).toBe(true)
      }),
    )
  })

  it('has a length that HEAD tells, and a tag of its own', async () => {
    const { get } = over(segment({ sizes: [300_000, 20, 30] }))
    const head = await get('video-1-trick', {}, 'HEAD')
    expect([head.status, head.bytes.length]).toEqual([200, 0])
    expect(Object.values(head.headers)).toContain(`${alone(300_000).length}`)
    expect(head.headers['etag']).not.toBe((await get('video-1')).headers['etag'])
  })

  it('is not there where the segment begins with another frame', async () => {
    const { status, bytes } = await over(segment({ sizes: [500, 20, 30], sync: [0, 1, 0] })).get()
    expect([status, bytes.toString()]).toEqual([404, expect.stringContaining('MEDIA_UNKNOWN')])
  })

  it.each(['audio-1-trick', 'video-2-trick', 'video-1-trick-trick', 'video-0-trick'])(
    'is not there of %s',
    async (track) => {
      expect((await over(segment({ sizes: [500, 20, 30] })).get(track)).status).toBe(404)
    },
  )

  it('of an object that is no segment is an error and no answer', async () => {
    const noSegment = new Uint8Array(400_000)
    new DataView(noSegment.buffer).setUint32(0, 400_000)
    await expect(over(noSegment).get()).rejects.toMatchObject({ code: 'MP4_BOX_MISSING' })
  })
})
