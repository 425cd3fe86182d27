/** Breaks that playlists tell whose segments came by HTTP, and lie in no bucket to be read again. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keepNumbers } from '../../../lib/channels/ingest/numbered.ts'
import { takeObject } from '../../../lib/channels/ingest/take-object.ts'
import { readPlaylistCues } from '../../../lib/formats/hls/index.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { type Written, writtenBy } from '../feeds.ts'
import { manifestRoom, playlistOf } from './manifest-feed.ts'

/** Long after the first segments, of which it is kept at any rate where they lie. */
const out = 15
const tags = { [out]: '#EXT-X-CUE-OUT:4', [out + 2]: '#EXT-X-CUE-IN' }

describe.skipIf(ffmpegMissing !== undefined)('a playlist that comes by HTTP', () => {
  let room: Awaited<ReturnType<typeof manifestRoom>>
  let feed: readonly Written[]
  beforeAll(() => {
    feed = writtenBy('ts', 40)
  })
  beforeEach(async () => {
    room = await manifestRoom()
  })
  afterEach(() => room.stop())

  /** What is told of breaks, by the segment it stands before, counted from the first. */
  const told = async (folder: string, keeps: boolean) => {
    const ports = { ...room.ports, upload: () => Promise.resolve(undefined) }
    const paths = feed.map(({ path }) => path)
    for (const [i, written] of feed.entries()) {
      room.clock.nowMs = Math.max(room.clock.nowMs, room.wallOf(i))
      await takeObject(ports, room.object({ ...written, path: folder + written.path }, room.wallOf(i)))
      if (keeps) await keepNumbers(ports, 'live/news')
      const text = playlistOf(paths, tags, { from: Math.max(0, i - 5), to: i + 1 })
      await room.manifest(`${folder}out.m3u8`, text, i, ports)
    }
    const [video = ''] = await room.shown()
    return readPlaylistCues(video).cues.map(({ kind, before }) => [kind, before])
  }

  it.each(['', 'hd/'])('tells them where they are, in the folder "%s"', async (folder) => {
    const cues = await told(folder, true)
    expect(cues.map(([, before]) => before)).toEqual([out, out + 2])
  })

  it('tells of none where nobody kept where segments lie', async () => {
    expect(await told('', false)).toEqual([])
  })

  it('tells them by the clock of the pipeline whose folder it is in', async () => {
    await room.describe({ pipelines: ['a', 'b'] })
    expect((await told('a/', true)).map(([, before]) => before)).toEqual([out, out + 2])
  })
})
