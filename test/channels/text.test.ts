/** Text of CMAF feeds: on the channel's clock, beside video and audio, which never wait for it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { readWebVtt } from '../../lib/formats/webvtt/index.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { numberOf, playlistUris, segmentSeconds, startChannels, type Written, writtenBy } from './feeds.ts'
import { stppSegment, textInit, wvttSegment } from './make-text.ts'
import { bytesIfAny } from './text-objects.ts'

const begin = Date.UTC(2026, 11, 1, 10)

describe.skipIf(ffmpegMissing !== undefined)('text of a feed', () => {
  let room: Awaited<ReturnType<typeof startChannels>>
  beforeEach(async () => {
    room = await startChannels()
  })
  afterEach(() => room.stop())

  const take = async (written: Written, number: number) => {
    const wall = begin + (Math.max(0, number) + 1) * segmentSeconds * 1000
    room.clock.nowMs = Math.max(room.clock.nowMs, wall)
    return takeObject(room.ports, room.object(written, wall))
  }
  const feed = writtenBy('dash', 24)
  const takeFeed = async (number: number) => {
    for (const one of feed.filter(({ path }) => numberOf(path) === number)) await take(one, number)
  }
  const bodies = async (): Promise<ReadonlyMap<string, string>> => {
    const { body } = await room.get('index.m3u8')
    const uris = [...new Set(playlistUris(body))]
    return new Map(await Promise.all(uris.map(async (uri) => [uri, (await room.get(uri)).body] as const)))
  }
  const textPlaylist = async (): Promise<string> =>
    [...(await bodies())].find(([uri]) => uri.includes('text-'))?.[1] ?? ''

  it.each([
    { kind: 'wvtt', segment: wvttSegment, form: 'WebVTT files' },
    { kind: 'stpp', segment: stppSegment, form: 'MP4' },
  ] as const)(
    'of $kind is a track of its language, beside segments of video, in HLS as $form',
    async ({ kind, segment }) => {
      await take(textInit(kind), 0)
      for (let number = -1; number <= 12; number++) {
        await takeFeed(number)
        if (number > 0) await take(segment(number), number)
      }
      const top = (await room.get('index.m3u8')).body
      expect(top).toMatch(/TYPE=SUBTITLES,.*LANGUAGE="de"/)
      expect(top).toContain('SUBTITLES="text"')
      for (const text of (await bodies()).values()) {
        expect(checkMediaPlaylist(text), text).toEqual([])
        expect(text.match(/#EXTINF/g)).toHaveLength(10)
      }
      const playlist = await textPlaylist()
      expect(playlist).toContain(kind === 'wvtt' ? '.vtt' : '.m4s')
      const mpd = (await room.get('index.mpd')).body
      expect(checkMpd(mpd), mpd).toEqual([])
      expect(mpd).toMatch(/contentType="text"[^>]*lang="de"/)
      expect(mpd.match(/<Period/g)).toHaveLength(1)
      const names = [...playlist.matchAll(/(\d+)\.0\.(?:vtt|m4s)/g)].map(([, number]) => Number(number))
      // As those of the video, which began when its first segment was written less its length.
      expect(names[0]).toBe(begin + 3 * segmentSeconds * 1000)
      expect(names).toHaveLength(10)
      const [name = 0] = names
      const text = await bytesIfAny(room.client, `/text-3/${name}.0.${kind === 'wvtt' ? 'vtt' : 'm4s'}`)
      if (kind === 'stpp') {
        const hours = Math.floor(name / 3_600_000)
        expect(text.toString()).toContain(`begin="${hours}:00:06.500" end="${hours}:00:07.500">line 3`)
        expect(text.toString('latin1')).not.toContain('begin="4.5s"')
      } else {
        const read = readWebVtt(text.toString())
        const { localMs = 0, mpegTs = 0 } = read.timestampMap ?? {}
        const [cue] = read.cues
        expect(cue).toMatchObject({ text: 'line 3' })
        const wanted = (name + 500) * 90
        expect((mpegTs + ((cue?.startMs ?? 0) - localMs) * 90) % 2 ** 33).toBe(wanted % 2 ** 33)
      }
    },
  )

  it('that comes late or stops holds up nobody: its time is empty, and what comes again is shown', async () => {
    await take(textInit('wvtt'), 0)
    const missing = new Set([4, 6, 7, 8])
    let before: ReadonlyMap<string, string> | undefined
    for (let number = -1; number <= 12; number++) {
      await takeFeed(number)
      if (number > 0 && !missing.has(number)) await take(wvttSegment(number), number)
      if (number < 4) continue
      const now = await bodies()
      for (const [uri, text] of now) {
        const previous = before?.get(uri)
        expect(checkMediaPlaylist(text, previous === undefined ? {} : { previous }), text).toEqual([])
        const last = Math.min(number, 10)
        if (!uri.includes('text-')) expect(text.match(/#EXTINF/g)).toHaveLength(last)
      }
      before = now
    }
    const playlist = await textPlaylist()
    expect(playlist).not.toContain('EXT-X-GAP')
    expect(playlist).not.toContain('#EXT-X-DISCONTINUITY\n')
    expect(playlist.match(/#EXTINF/g)).toHaveLength(10)
    const cues = async (number: number) => {
      const name = begin + number * segmentSeconds * 1000
      return readWebVtt((await bytesIfAny(room.client, `/text-3/${name}.0.vtt`)).toString()).cues.length
    }
    expect([await cues(4), await cues(5), await cues(7), await cues(12)]).toEqual([0, 1, 0, 1])
    const mpd = (await room.get('index.mpd')).body
    expect(checkMpd(mpd), mpd).toEqual([])
    expect(mpd.match(/<Period/g)).toHaveLength(1)
  })

  it('that begins later joins behind a discontinuity, and counts those before it as the video does', async () => {
    await take(textInit('stpp'), 0)
    for (let number = -1; number <= 12; number++) {
      await takeFeed(number)
      if (number > 4) await take(stppSegment(number), number)
    }
    const all = await bodies()
    const count = (text: string): number =>
      Number(/DISCONTINUITY-SEQUENCE:(\d+)/.exec(text)?.[1] ?? 0) +
      (text.match(/^#EXT-X-DISCONTINUITY$/gm)?.length ?? 0)
    expect([...all.keys()].filter((uri) => uri.includes('text-'))).toHaveLength(1)
    for (const text of all.values()) {
      expect(checkMediaPlaylist(text), text).toEqual([])
      expect(count(text), text).toBe(1)
    }
    const mpd = (await room.get('index.mpd')).body
    expect(checkMpd(mpd), mpd).toEqual([])
    expect(mpd.match(/<Period/g)).toHaveLength(2)
    expect(mpd.match(/contentType="text"/g)).toHaveLength(1)
  })

  it('whose times are not those of its media is refused', async () => {
    await takeFeed(-1)
    await takeFeed(1)
    await take(textInit('stpp'), 1)
    await expect(take(stppSegment(1, 40), 1)).rejects.toMatchObject({ code: 'TEXT_TTML_SHIFTED' })
  })
})
