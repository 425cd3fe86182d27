/** Key frames of a channel for trick play: made of its segments on request, by the rules of its video. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist, checkMultivariant } from '../judges/hls/rules.ts'
import { readPackets } from '../judges/media/packets.ts'
import { breakFeed } from './cues/break-feed.ts'
import { numberOf, playlistUris, segmentSeconds, startChannels, type Written, writtenBy } from './feeds.ts'
import { fetcherOf, listedIn, shownFrames } from './shown-media.ts'

const begin = Date.UTC(2026, 11, 1, 10)
const openGop =
  '-c:v libx265 -tag:v hvc1 -x265-params open-gop=1:bframes=3:keyint=50:min-keyint=50:scenecut=0:log-level=none'
const feeds: Readonly<Record<string, () => Promise<readonly Written[]> | readonly Written[]>> = {
  'H.264 in CMAF': () => writtenBy('dash', 20),
  'H.264 in transport streams, cut at a break': async () => (await breakFeed()).feed,
  'HEVC with leading pictures': () => writtenBy('ts', 20, openGop),
}

describe.skipIf(ffmpegMissing !== undefined).each(Object.keys(feeds))('key frames of %s', (name) => {
  let room: Awaited<ReturnType<typeof startChannels>>
  let fetched: ReturnType<typeof fetcherOf>
  beforeAll(async () => {
    room = await startChannels()
    fetched = fetcherOf(room)
    for (const one of (await feeds[name]?.()) ?? []) {
      const wall = begin + (Math.max(0, numberOf(one.path)) + 1) * segmentSeconds * 1000
      room.clock.nowMs = Math.max(room.clock.nowMs, wall)
      await takeObject(room.ports, room.object(one, wall))
    }
  })
  afterAll(() => room.stop())

  const windows = [
    '',
    'time_delay=4',
    `start=${begin / 1000 + 4}`,
    `start=${begin / 1000 + 4}&end=${begin / 1000 + 12}`,
  ]
  const playlistsOf = async (query: string) => {
    const top = (await room.get('index.m3u8', query)).body
    const uris = playlistUris(top)
    const texts = await Promise.all(uris.map(async (uri) => (await room.get(uri)).body))
    const media = Object.fromEntries(uris.map((uri, i) => [uri, texts[i] ?? '']))
    const of = (track: string) => {
      const uri = uris.find((one) => one.includes(`/${track}/`)) ?? ''
      return listedIn(media[uri] ?? '', uri)
    }
    return { top, media, video: of('video-1'), keyFrames: of('video-1-trick') }
  }

  it.each(windows)('are offered by the rules in the window "%s"', async (query) => {
    const { top, media, video, keyFrames } = await playlistsOf(query)
    expect(checkMultivariant(top, media), top).toEqual([])
    expect(top.match(/^#EXT-X-I-FRAME-STREAM-INF/gm)).toHaveLength(1)
    for (const [uri, text] of Object.entries(media)) {
      expect(checkMediaPlaylist(text), text).toEqual([])
      expect(text.includes('#EXT-X-I-FRAMES-ONLY')).toBe(uri.includes('-trick/'))
    }
    expect(keyFrames.length).toBeGreaterThan(3)
    expect(keyFrames.map(({ seconds }) => seconds)).toEqual(video.map(({ seconds }) => seconds))
    const mpd = (await room.get('index.mpd', query)).body
    expect(checkMpd(mpd), mpd).toEqual([])
    const [set = ''] =
      /<AdaptationSet (?:(?!<\/AdaptationSet>)[^])*trickmode[^]*?<\/AdaptationSet>/.exec(mpd) ?? []
    expect(set).toContain('/video-1-trick/$Time$.0.m4s')
    expect(set).toMatch(/ frameRate="1(?:\/2|000\/1960)" maxPlayoutRate="\d+" codingDependency="false"/)
    expect(set).not.toContain('<Role')
  })

  it('are each decoded alone, and are what the video begins with', async () => {
    const { video, keyFrames } = await playlistsOf(`start=${begin / 1000}`)
    for (const [i, { path, init }] of keyFrames.entries()) {
      const own = await shownFrames(Buffer.concat([(await fetched(init)).bytes, (await fetched(path)).bytes]))
      const { path: whole = '', init: wholeInit = '' } = video[i] ?? {}
      const all = await shownFrames(
        Buffer.concat([(await fetched(wholeInit)).bytes, (await fetched(whole)).bytes]),
      )
      expect(own, path).toEqual(all.slice(0, 1))
    }
  })

  it('begin with their segment, last as long, and weigh no more than was announced', async () => {
    const { top, keyFrames } = await playlistsOf(`start=${begin / 1000}`)
    const announced = Number(/I-FRAME-STREAM-INF:BANDWIDTH=(\d+)/.exec(top)?.[1])
    const init = (await fetched(keyFrames[0]?.init ?? '')).bytes
    const segments = await Promise.all(keyFrames.map(async ({ path }) => (await fetched(path)).bytes))
    const packets = await readPackets(Buffer.concat([init, ...segments]), 'video')
    expect(packets).toHaveLength(keyFrames.length)
    for (const [i, { path, seconds }] of keyFrames.entries()) {
      const [here, next] = [packets[i]?.seconds ?? 0, packets[i + 1]?.seconds]
      if (next !== undefined) expect(next - here, path).toBeCloseTo(seconds, 3)
      expect(((segments[i]?.length ?? 0) * 8) / seconds, path).toBeLessThanOrEqual(announced)
    }
  })
})
