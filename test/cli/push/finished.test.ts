/** When a file of an encoder's folder is finished, and what it is. */
import { describe, expect, it } from 'vitest'
import { contentsOf } from '../../../bin/push/contents.ts'
import { createJudge, type SeenFile } from '../../../bin/push/folder/finished.ts'
import { namedBy } from '../../../bin/push/folder/named.ts'
import { madeInit, madeSegment } from './made-feed.ts'

const contents = (bytes: Uint8Array) =>
  contentsOf(async (at, length) => bytes.subarray(at, at + length), bytes.length)

describe('an object of a feed', () => {
  const [init, media] = [madeInit(), madeSegment(1)]

  it('is told by its boxes', async () => {
    expect(await contents(init)).toBe('init')
    expect(await contents(media)).toBe('segment')
    expect(await contents(Buffer.concat([init, media]))).toBe('whole')
    expect(await contents(Buffer.alloc(188 * 7, 0x47))).toBe('whole')
    expect(await contents(Buffer.from('#EXTM3U and so on'))).toBe('other')
  })

  it('is unfinished wherever it breaks off', async () => {
    const wrong: number[] = []
    for (let length = 0; length < media.length; length++)
      if ((await contents(media.subarray(0, length))) !== 'unfinished') wrong.push(length)
    expect(wrong).toEqual([])
    expect(await contents(init.subarray(0, init.length - 1))).toBe('unfinished')
    expect(await contents(Buffer.alloc(188 * 7 - 1, 0x47))).toBe('unfinished')
  })
})

const file = (path: string, more: Partial<SeenFile> = {}): SeenFile => ({
  path,
  bytes: 100,
  mtimeMs: 1000,
  inode: 1,
  ...more,
})

/** What is said of the files in the last of two looks of the same; the clock stands. */
function said(files: readonly SeenFile[], named: readonly string[] = [], nowMs = 1000) {
  const judge = createJudge(4000)
  judge.look(files, new Set(named), nowMs)
  return Object.fromEntries(
    [...judge.look(files, new Set(named), nowMs)].map(([{ path }, because]) => [path, because]),
  )
}

describe('a file', () => {
  it('is nothing in the first look, however complete it seems', () => {
    expect(createJudge(4000).look([file('a1.m4s')], new Set(['a1.m4s']), 1e6).size).toBe(0)
  })

  it('is finished when a later one of its stream is there, or a playlist names it', () => {
    const files = [file('a1.m4s'), file('a2.m4s', { mtimeMs: 3000 }), file('b1.m4s'), file('c1.m4s')]
    expect(said(files, ['c1.m4s'])).toEqual({
      'a1.m4s': 'followed',
      'a2.m4s': 'nothing',
      'b1.m4s': 'nothing',
      'c1.m4s': 'named',
    })
  })

  it('that is written again is the last one, though its number is not', () => {
    expect(said([file('a1.m4s', { mtimeMs: 9000 }), file('a9.m4s', { mtimeMs: 8000 })])).toEqual({
      'a1.m4s': 'nothing',
      'a9.m4s': 'followed',
    })
  })

  it('is finished when it was renamed, and never under its name before', () => {
    const judge = createJudge(4000)
    const [before, after] = [file('a1.m4s.tmp'), file('a1.m4s')]
    expect([...judge.look([before], new Set(), 1000), ...judge.look([before], new Set(), 9e9)]).toEqual([])
    judge.look([after], new Set(), 2000)
    expect([...judge.look([after], new Set(), 2000).values()]).toEqual(['renamed'])
  })

  it('is finished when it was still for long enough, and not while it grows', () => {
    const judge = createJudge(4000)
    for (let turn = 0; turn < 20; turn++) {
      const growing = file('a1.m4s', { bytes: 100 + turn, mtimeMs: 1000 + turn * 1000 })
      expect(judge.look([growing], new Set(), 1000 + turn * 1000).size).toBe(0)
    }
    const last = file('a1.m4s', { bytes: 119, mtimeMs: 20_000 })
    expect([...judge.look([last], new Set(), 20_250).values()]).toEqual(['nothing'])
    expect([...judge.look([last], new Set(), 24_250).values()]).toEqual(['still'])
  })

  it.each(['.a1.m4s.Xy12', 'a1.m4s.part', 'a1.m4s~', 'b/.hidden/a1.m4s', 'index.m3u8', 'live.mpd'])(
    'is passed over by its name: %s',
    (path) => {
      expect(said([file(path)], [path], 1e9)).toEqual({})
    },
  )
})

describe('a playlist', () => {
  const head = '#EXTM3U\n#EXT-X-TARGETDURATION:2\n'
  it('names files in its folder, and those that grow', () => {
    const text = `${head}#EXTINF:2,\na%201.m4s?x=1\n#EXTINF:2,\nhttps://cdn.example/b.m4s\n#EXT-X-BYTERANGE:10@0\n#EXTINF:2,\nall.mp4\n`
    expect(namedBy('720p/index.m3u8', text)).toEqual({ paths: ['720p/a 1.m4s'], growing: ['720p/all.mp4'] })
  })

  it('names nothing while it is no playlist', () => {
    expect(namedBy('index.m3u8', '')).toEqual({ paths: [], growing: [] })
    expect(namedBy('index.m3u8', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n').paths).toEqual([])
  })
})
