/** WebVTT segments of HLS feeds: beside the media of the same number, at the times that X-TIMESTAMP-MAP gives. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { takeManifest } from '../../lib/channels/manifests/take-manifest.ts'
import { readWebVtt, writeWebVtt } from '../../lib/formats/webvtt/index.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { numberOf, playlistUris, segmentSeconds, startChannels, type Written } from './feeds.ts'
import { subtitledFeed, subtitledSegments } from './subtitled-feed.ts'
import { bytesIfAny } from './text-objects.ts'

const begin = Date.UTC(2026, 11, 1, 10)

const wrap = 2 ** 33

const isText = ({ path }: Written): boolean => path.endsWith('.vtt')

/** The text with another header. */
const mapped = (one: Written, map: string): Written =>
  isText(one)
    ? {
        ...one,
        bytes: Buffer.from(Buffer.from(one.bytes).toString().replace('WEBVTT\n', `WEBVTT\n${map}\n`)),
      }
    : one

describe.skipIf(ffmpegMissing !== undefined)('WebVTT of an HLS feed', () => {
  let room: Awaited<ReturnType<typeof startChannels>>
  beforeEach(async () => {
    room = await startChannels()
  })
  afterEach(() => room.stop())

  const take = async (one: Written, lateSeconds = 0) => {
    const wall = begin + (numberOf(one.path) + 1) * segmentSeconds * 1000 + lateSeconds * 1000
    room.clock.nowMs = Math.max(room.clock.nowMs, wall)
    return takeObject(room.ports, room.object(one, wall))
  }
  const textPlaylist = async (): Promise<string> => {
    const { body } = await room.get('index.m3u8')
    const uri = playlistUris(body).find((one) => one.includes('text-')) ?? ''
    return (await room.get(uri)).body
  }
  /** The cues of a segment, in seconds behind its beginning. */
  const cuesOf = async (name: number) => {
    const text = (await bytesIfAny(room.client, `/text-3/${name}.0.vtt`)).toString()
    const { cues, timestampMap: { localMs, mpegTs } = { localMs: 0, mpegTs: 0 } } = readWebVtt(text)
    return cues.map(({ startMs, text: line }) => {
      const behind = mpegTs + (startMs - localMs) * 90 - name
      return `${line} ${((behind - Math.round(behind / wrap) * wrap) / 90_000).toFixed(1)}`
    })
  }
  const shown = async (): Promise<readonly (readonly string[])[]> => {
    const playlist = await textPlaylist()
    expect(checkMediaPlaylist(playlist), playlist).toEqual([])
    expect(playlist).not.toMatch(/EXT-X-GAP|EXT-X-DISCONTINUITY\n/)
    const mpd = (await room.get('index.mpd')).body
    expect(checkMpd(mpd), mpd).toEqual([])
    const names = [...playlist.matchAll(/(\d+)\.0\.vtt/g)].map(([, name]) => Number(name))
    return Promise.all(names.map(cuesOf))
  }
  const lines = Array.from({ length: 10 }, (_, i) => (i === 0 ? [] : [`line ${i + 2} 0.5`]))

  it('becomes a track beside the segments of its numbers, at the times of its cues, whatever is empty', async () => {
    const outcomes = []
    for (const one of subtitledFeed()) outcomes.push(...(await take(one)))
    expect(outcomes.filter(({ kind }) => kind !== 'recorded')).toEqual([])
    expect(await shown()).toEqual(lines)
  })

  it('is the same in whatever order it comes, late and twice', async () => {
    const feed = subtitledFeed()
    for (let pair = 0; pair < subtitledSegments; pair += 2) {
      const both = feed.filter(({ path }) => numberOf(path) >> 1 === pair >> 1).toReversed()
      const [media, texts] = [both.filter((one) => !isText(one)), both.filter(isText)]
      for (const one of [...media, ...texts, ...media, ...texts]) await take(one)
    }
    expect(await shown()).toEqual(lines)
  })

  it.each([
    ['LOCAL in front', 'X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0'],
    ['MPEGTS in front', 'X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000'],
    ['another time', 'X-TIMESTAMP-MAP=MPEGTS:90000, LOCAL:00:00:01.000'],
  ])('is placed by its map: %s', async (_, map) => {
    for (const one of subtitledFeed()) await take(mapped(one, map))
    expect(await shown()).toEqual(lines)
  })

  it('follows a clock of 33 bits that begins anew in the middle of it', async () => {
    const offset = Math.floor(wrap / 90_000) - 10
    const map = `X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:${offset * 90_000}`
    for (const one of subtitledFeed(`-output_ts_offset ${offset}`))
      await take(mapped(asFromZero(one, offset), map))
    expect(await shown()).toEqual(lines)
  })

  it.each(['before', 'behind'])(
    'has the language and the name that playlists say which come %s its segments',
    async (when) => {
      const told = [
        [
          'top.m3u8',
          '#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="Deutsch",LANGUAGE="deu",URI="out_vtt.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=1,SUBTITLES="s"\nout.m3u8\n',
        ],
        ['out_vtt.m3u8', '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nout3.vtt\n'],
      ] as const
      const tell = async () => {
        for (const [path, text] of told)
          await takeManifest(room.ports, room.object({ path, bytes: Buffer.from(text) }, begin))
      }
      if (when === 'before') await tell()
      for (const one of subtitledFeed()) await take(one)
      if (when === 'behind') await tell()
      const top = (await room.get('index.m3u8')).body
      expect(top).toMatch(/TYPE=SUBTITLES,[^\n]*NAME="Deutsch",[^\n]*LANGUAGE="de"/)
      expect((await room.get('index.mpd')).body).toMatch(/contentType="text"[^>]*lang="de"/)
      expect(await shown()).toEqual(lines)
    },
  )

  it('is refused with a map that can not be read, or that says another time, and without a number', async () => {
    const feed = subtitledFeed()
    const text = feed.find((one) => isText(one) && numberOf(one.path) === 3)
    if (!text) throw new Error('expected text')
    for (const one of feed.filter((each) => !isText(each))) await take(one)
    for (const map of ['X-TIMESTAMP-MAP=MPEGTS:12', 'X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:9000000'])
      await expect(take(mapped(text, map))).rejects.toMatchObject({ code: 'FEED_SEGMENT' })
    await expect(take({ ...text, path: 'lines.vtt' })).rejects.toMatchObject({ code: 'FEED_SEGMENT' })
    const lone = await take({ ...text, path: 'out99.vtt' })
    expect(lone).toEqual([expect.objectContaining({ kind: 'passed over' })])
  })
})

/** FFmpeg moves times of WebVTT with those of the media: here they count from the map. */
function asFromZero(one: Written, offset: number): Written {
  if (!isText(one) || offset === 0) return one
  const { cues } = readWebVtt(Buffer.from(one.bytes).toString())
  const moved = cues.map((cue) => ({
    ...cue,
    startMs: cue.startMs - Math.round(offset * 1000),
    endMs: cue.endMs - Math.round(offset * 1000),
  }))
  return { ...one, bytes: Buffer.from(writeWebVtt({ styles: [], regions: [], cues: moved })) }
}
