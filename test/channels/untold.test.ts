/** Objects that lie in the bucket though no event told of them: they are looked for by the names beside theirs. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { holeBefore, missedObjects } from '../../lib/channels/ingest/missed.ts'
import { untoldReader } from '../../lib/channels/ingest/store.ts'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import type { Segment } from '../../lib/timeline/timeline.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { manifestRoom } from './cues/manifest-feed.ts'
import { numberOf, playlistUris, type Written, writtenBy } from './feeds.ts'

const segment = (start: number, rest: Partial<Segment> = {}): Segment => ({
  number: start,
  cut: 0,
  start,
  duration: 2,
  bytes: 10,
  configId: 'c',
  sync: true,
  gap: 'none',
  discontinuity: false,
  ...rest,
})
const at = (...starts: readonly number[]): readonly Segment[] => starts.map((start) => segment(start))

describe('a hole is looked into', () => {
  it.each([
    ['when two segments stand behind it', at(0, 2, 6), segment(8), { from: 4, to: 6 }],
    ['whichever of the two came last', at(0, 2, 8), segment(6), { from: 4, to: 6 }],
    ['however long it is', at(0, 20), segment(22), { from: 2, to: 20 }],
    ['not when one stands behind it', at(0, 2), segment(6), undefined],
    ['not when it is far behind', at(0, 4, 6, 8), segment(10), undefined],
    ['not when it is before the first', at(6), segment(8), undefined],
    [
      'not when the encoder began anew there',
      [...at(0), segment(4, { discontinuity: true })],
      segment(6),
      undefined,
    ],
    ['not when there is none', at(0, 2, 4), segment(6), undefined],
  ])('%s', (_, recorded, one, hole) => {
    expect(holeBefore(recorded, one)).toEqual(hole)
  })
})

describe('what is missing would be called', () => {
  const beside = (path: string) => ({
    path,
    writtenMs: 100_000,
    timescale: 1,
    start: 1008,
    duration: 2,
    ownStart: 100,
  })
  it.each([
    ['seg_00012.ts', { from: 1004, to: 1006 }, ['seg_00010.ts']],
    ['a/b10.m4s', { from: 1004, to: 1006 }, ['a/b08.m4s', 'a/b8.m4s']],
    [
      'chunk-stream0-00007.m4s',
      { from: 1000, to: 1006 },
      ['chunk-stream0-00003.m4s', 'chunk-stream0-00004.m4s', 'chunk-stream0-00005.m4s'],
    ],
    ['t-100.cmfv', { from: 1004, to: 1006 }, ['t-096.cmfv', 't-96.cmfv']],
    ['seg_1.ts', { from: 1004, to: 1006 }, []],
    ['last.ts', { from: 1004, to: 1006 }, []],
  ])('by %s', (path, hole, wanted) => {
    expect(missedObjects(beside(path), hole).map((one) => one.path)).toEqual(wanted)
  })

  it('and was written in its turn: an encoder that begins anew uses its names again', () => {
    const [one] = missedObjects(beside('seg_12.ts'), { from: 1004, to: 1006 })
    // Two segments back, one of a margin, and what S3 rounds.
    expect(one?.sinceMs).toBe(100_000 - 4 * 2000 - 2000)
  })

  it('and no more than ten are asked for', () => {
    expect(missedObjects({ ...beside('seg_500.ts'), start: 1002 }, { from: 0, to: 1000 })).toHaveLength(10)
  })
})

describe.skipIf(ffmpegMissing !== undefined)('an object that nothing told of', () => {
  let room: Awaited<ReturnType<typeof manifestRoom>>
  beforeEach(async () => {
    room = await manifestRoom()
  })
  afterEach(() => room.stop())

  const gaps = async () => (await room.shown()).map((text) => text.match(/#EXT-X-GAP/g)?.length ?? 0)
  const take = async (feed: readonly Written[], untold: (path: string) => boolean) => {
    const outcomes = []
    for (const written of feed) {
      const index = Number(/(\d+)\.\w+$/.exec(written.path)?.[1] ?? 0)
      outcomes.push(...(await room.segment(written, index, !untold(written.path))))
    }
    return outcomes.flatMap((outcome) => (outcome.kind === 'untold' ? [outcome.path] : []))
  }

  it('is taken in time, and so are two, one behind the other', async () => {
    const feed = writtenBy('ts', 20)
    const isUntold = (path: string) => /out[367]\.ts$/.test(path)
    expect(await take(feed, isUntold)).toEqual(['out3.ts', 'out6.ts', 'out7.ts'])
    expect(await gaps()).toEqual([0, 0, 0])
  })

  it('is found though its tracks have objects of their own', async () => {
    const feed = writtenBy('dash', 20)
    const isUntold = (path: string) => /stream1-00004|stream0-00006/.test(path)
    expect(await take(feed, isUntold)).toEqual(['chunk-stream1-00004.m4s', 'chunk-stream0-00006.m4s'])
    expect(await gaps()).toEqual([0, 0, 0])
  })

  it('is not lost at the beginning, where what is told of first comes fourth', async () => {
    const feed = writtenBy('dash', 20)
    for (const written of feed) await room.segment(written, 0, numberOf(written.path) < 0)
    const told = (n: number) => [2, 3, 4, 1][n - 1] ?? n
    for (let n = 1; n <= 10; n++)
      for (const written of feed.filter(({ path }) => numberOf(path) === told(n)))
        await takeObject(room.ports, room.object(written, room.wallOf(n - 1)))
    // What came first lies where it was written, so the beginning is a segment before.
    const shown = await room.shown(`start=${room.wallOf(-2) / 1000}`)
    expect(shown.map((text) => text.match(/#EXTINF/g)?.length)).toEqual([10, 10, 10])
  })

  it('is not taken for one of an encoder that has begun anew', async () => {
    const feed = writtenBy('ts', 26)
    const asOfOld = { ...room.ports, untold: untoldReader(room.client, 'upload', room.ports.upload) }
    for (const [i, written] of feed.entries()) {
      await room.segment(written, i, false)
      // As if all had been taken an hour after it was written.
      const object = room.object(written, Date.now() + 3_600_000 + i * 2000)
      if (i !== 3) await takeObject(asOfOld, object)
    }
    const head = await room.ports.live.head('live/news')
    expect(head?.head.tracks).toHaveLength(2)
    const { body } = await room.get(`index.m3u8`, `start=${Math.floor(Date.now() / 1000) + 3570}`)
    const texts = await Promise.all(playlistUris(body).map(async (uri) => (await room.get(uri)).body))
    for (const text of texts) expect(text.match(/#EXT-X-GAP/g), text).toHaveLength(1)
  })

  it('that is not there is a gap, and one that can not be read is passed over', async () => {
    const feed = writtenBy('ts', 26).filter(({ path }) => path !== 'out3.ts')
    const spoilt = feed.map((one) => (one.path === 'out7.ts' ? { ...one, bytes: Buffer.from('none') } : one))
    expect(await take(spoilt, (path) => path === 'out7.ts')).toEqual([])
    expect(await gaps()).toEqual([2, 2, 2])
  })
})
