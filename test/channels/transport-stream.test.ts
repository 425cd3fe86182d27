/** Transport streams as feeds: a clock that begins anew each day, ladders with audio beside each video, losses. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { numberOf, playlistUris, segmentSeconds, startChannels, type Written, writtenBy } from './feeds.ts'
import { fetcherOf, listedIn, shownFrames } from './shown-media.ts'

const begin = Date.UTC(2026, 11, 1, 10)
/** All that there is, from a little before its beginning. */
const all = `start=${begin / 1000}&end=${begin / 1000 + 600}`

describe.skipIf(ffmpegMissing !== undefined)('a feed of transport streams', () => {
  let room: Awaited<ReturnType<typeof startChannels>>
  beforeEach(async () => {
    room = await startChannels()
  })
  afterEach(() => room.stop())

  const take = async (written: Written, afterSeconds = 0) => {
    const wall = begin + (numberOf(written.path) + 1) * segmentSeconds * 1000 + afterSeconds * 1000
    room.clock.nowMs = Math.max(room.clock.nowMs, wall)
    return takeObject(room.ports, room.object(written, wall))
  }
  const playlists = async (): Promise<readonly string[]> => {
    const { body } = await room.get('index.m3u8', all)
    return Promise.all(playlistUris(body).map(async (uri) => (await room.get(uri)).body))
  }
  const count = (text: string, tag: string): number =>
    text.split('\n').filter((line) => line.startsWith(tag)).length

  /** The playlist of the first video, which has no gap and one init segment, and the frames shown of it. */
  const shownVideo = async () => {
    const [uri = ''] = playlistUris((await room.get('index.m3u8', all)).body).filter((one) =>
      one.includes('/video-1/'),
    )
    const text = (await room.get(uri)).body
    const listed = listedIn(text, uri)
    expect(listed.filter(({ isGap }) => isGap)).toEqual([])
    const inits = [...new Set(listed.map(({ init }) => init))]
    expect(inits).toHaveLength(1)
    const fetched = fetcherOf(room)
    const paths = [...inits, ...listed.map(({ path }) => path)]
    const parts = await Promise.all(paths.map((path) => fetched(path)))
    return { text, shown: await shownFrames(Buffer.concat(parts.map(({ bytes }) => bytes))) }
  }

  it('goes on over the end of its clock of 33 bits as if there were none', async () => {
    const feed = writtenBy('ts', 40, '-output_ts_offset 95420')
    for (const i of feed.keys()) {
      const one = feed[i ^ 1]
      if (one) await take(one)
    }
    const texts = await playlists()
    // Video, audio, and the key frames of the video.
    expect(texts).toHaveLength(3)
    for (const text of texts) {
      expect(checkMediaPlaylist(text), text).toEqual([])
      expect(count(text, '#EXTINF')).toBe(20)
      expect(count(text, '#EXT-X-DISCONTINUITY\n') + count(text, '#EXT-X-GAP')).toBe(0)
    }
    const mpd = (await room.get('index.mpd', all)).body
    expect(checkMpd(mpd), mpd).toEqual([])
    expect(mpd.match(/<Period/g)).toHaveLength(1)
  })

  it('has the audio that comes beside each quality once', async () => {
    const high = writtenBy('ts', 12).map((one) => ({ ...one, path: `high/${one.path}` }))
    const low = writtenBy('ts', 12, '-s 64x36').map((one) => ({ ...one, path: `low/${one.path}` }))
    const ids = new Set<string>()
    for (const [i, one] of high.entries())
      for (const each of [one, low[i]])
        for (const outcome of each ? await take(each) : []) if ('trackId' in outcome) ids.add(outcome.trackId)
    expect([...ids].toSorted()).toEqual(['audio-2', 'video-1', 'video-3'])
    const { body } = await room.get('index.m3u8')
    expect(count(body, '#EXT-X-STREAM-INF')).toBe(2)
    expect(count(body, '#EXT-X-MEDIA:TYPE=AUDIO')).toBe(1)
    for (const text of await playlists()) expect(count(text, '#EXTINF'), text).toBe(6)
  })

  it('of two qualities under one name says that the second is left out', async () => {
    const named = (quality: number, one: Written) => ({
      ...one,
      path: `out_${quality}${numberOf(one.path)}.ts`,
    })
    const high = writtenBy('ts', 8).map((one) => named(0, one))
    const low = writtenBy('ts', 8, '-s 64x36').map((one) => named(1, one))
    const said: unknown[] = []
    for (const [i, one] of high.entries()) {
      room.clock.nowMs = begin + (i + 1) * segmentSeconds * 1000
      for (const each of [one, low[i]])
        if (each) said.push(...(await takeObject(room.ports, room.object(each, room.clock.nowMs))))
    }
    const left = said.filter((one) => (one as { code?: string }).code === 'FEED_STREAM')
    expect(left).toHaveLength(4)
    expect(left[0]).toMatchObject({ why: expect.stringContaining('64x36 where another is already') })
  })

  it('is taken but for what is broken, and says what that is', async () => {
    const [first, second, third, ...rest] = writtenBy('ts', 16)
    if (!first || !second || !third) throw new Error('expected three segments')
    const broken = Buffer.from(second.bytes)
    broken.fill(0, 188 * 40, 188 * 42)
    await take(first)
    const outcomes = await take({ ...second, bytes: broken })
    expect(outcomes.filter(({ kind }) => kind === 'recorded')).toHaveLength(2)
    expect(outcomes).toContainEqual(expect.objectContaining({ kind: 'damaged', code: 'TS_SYNC_LOST' }))
    const noise = { ...third, bytes: third.bytes.subarray(0, 188 * 3) }
    await expect(take(noise)).rejects.toMatchObject({ code: 'FEED_SEGMENT' })
    for (const one of [third, ...rest]) await take(one)
    for (const text of await playlists()) expect(checkMediaPlaylist(text), text).toEqual([])
  })

  it.each([
    ['open GOPs', '-x264opts open-gop=1', 16],
    ['no audio', '-x264opts open-gop=1 -an', 16],
  ])(
    'whose encoder says its parameter sets once, with %s, has all its video',
    async (_name, words, seconds) => {
      const feed = writtenBy('ts', seconds, words)
      for (const each of feed) await take(each)
      const { shown } = await shownVideo()
      expect(shown).toEqual(await shownFrames(Buffer.concat(feed.map(({ bytes }) => bytes))))
      expect(shown).toHaveLength(seconds * 25)
    },
  )

  it('whose frames come at no one rate has all of them, without gaps', async () => {
    // Each second segment begins with a rate that the first ends without: too short, and too long, if the last are alike.
    const words =
      "-vf select='not(mod(n,7))+gt(mod(n,50),25)' -fps_mode vfr -g 900 -force_key_frames expr:gte(t,n_forced*2)"
    const feed = writtenBy('ts', 16, words)
    for (const each of feed) await take(each)
    const { text, shown } = await shownVideo()
    expect(checkMediaPlaylist(text), text).toEqual([])
    expect(text).not.toContain('#EXT-X-DISCONTINUITY\n')
    expect(shown).toEqual(await shownFrames(Buffer.concat(feed.map(({ bytes }) => bytes))))
  })

  it('that begins anew within a segment goes on behind a discontinuity', async () => {
    const one = writtenBy('ts', 12)
    const other = writtenBy('ts', 12, '-output_ts_offset 5000')
    const [end, start] = [one[5], other[0]]
    if (!end || !start) throw new Error('expected six segments')
    for (const each of one.slice(0, 5)) await take(each)
    const both = { path: end.path, bytes: Buffer.concat([end.bytes, start.bytes]) }
    await take(both, 2)
    for (const [i, each] of other.slice(1).entries())
      await take({ ...each, path: each.path.replace(/\d+\.ts$/, `${7 + i}.ts`) })
    for (const text of await playlists()) {
      expect(checkMediaPlaylist(text), text).toEqual([])
      expect(count(text, '#EXTINF'), text).toBeGreaterThanOrEqual(11)
      expect(text.match(/^#EXT-X-DISCONTINUITY$/gm), text).toHaveLength(1)
    }
  })
})
