/** Programmes of a channel as presentations: as they run and when they are over, with their breaks, without, or with others. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AskedClip } from '../../lib/presentations/compose.ts'
import { breakFeed, breakSeconds } from '../channels/cues/break-feed.ts'
import type { Written } from '../channels/feeds.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist, checkMultivariant } from '../judges/hls/rules.ts'
import { begin, clipOf, startProgrammes } from './programme-room.ts'

describe.skipIf(ffmpegMissing !== undefined)('a programme', () => {
  let programmes: Awaited<ReturnType<typeof startProgrammes>>
  let feed: readonly Written[]
  beforeEach(async () => {
    programmes = await startProgrammes()
    ;({ feed } = await breakFeed())
  })
  afterEach(() => programmes.room.stop())
  const take = (written: Written) => programmes.take(written)
  const store = (clips: Parameters<typeof programmes.store>[0]) => programmes.store(clips)
  const get = (path: string) => programmes.get(path)
  const playlists = () => programmes.playlists()
  const durations = (text = '') =>
    [...text.matchAll(/#EXTINF:([\d.]+)|^#EXT-X-DISCONTINUITY$/gm)].map(([, seconds]) => Number(seconds ?? 0))
  const secondsOf = (text: string) => durations(text).reduce((sum, one) => sum + one, 0)
  /** Zeros are discontinuities. */
  const withoutBreak = [2, 2, 2, 1.04, 0, 0.96, 2, 2, 2, 2]

  it('is a film without its breaks as soon as its last segment is there, cut at their frames', async () => {
    for (const one of feed) await take(one)
    programmes.room.clock.nowMs += 60_000
    await store([clipOf({ breaks: 'remove' })])
    const { multivariant, texts } = await playlists()
    expect(checkMultivariant(multivariant)).toEqual([])
    const [video = '', audio = ''] = texts
    expect(durations(video)).toEqual(withoutBreak)
    for (const text of texts) {
      expect(checkMediaPlaylist(text), text).toEqual([])
      expect(text).toMatch(/PLAYLIST-TYPE:VOD[^]*#EXT-X-ENDLIST\n$/)
      expect(text).not.toContain('DATERANGE')
    }
    // The date goes on where the programme does.
    const dates = [...video.matchAll(/PROGRAM-DATE-TIME:(\S+)/g)].map(([, date = '']) => Date.parse(date))
    expect(dates.map((ms) => (ms - (dates[0] ?? 0)) / 1000)).toEqual([0, breakSeconds.back])
    // Shaka Player comes to the end only then.
    expect(secondsOf(audio)).toBeCloseTo(secondsOf(video), 5)
    const mpd = await get('index.mpd')
    expect(checkMpd(mpd)).toEqual([])
    expect(mpd.match(/<Period /g)).toHaveLength(2)
    expect(mpd).toContain('type="static"')
  })

  it.each([
    ['keep', false],
    ['remove', false],
    ['remove', true],
  ] as const)('grows under one URL as it runs, and ends (%s, late: %s)', async (breaks, isLate) => {
    const [first, second, ...rest] = isLate ? (await breakFeed('avc', true)).feed : feed
    for (const one of [first, second]) if (one) await take(one)
    await store([clipOf({ breaks })])
    expect(await get('index.m3u8')).toContain('404')
    let before = ['', '']
    let previous: { readonly hls: string; readonly dash: string } | undefined
    for (const one of rest) {
      await take(one)
      const { texts } = await playlists()
      const [video = ''] = texts
      const bodies = texts.map((text) =>
        text.replace(/#EXT-X-(?:ENDLIST|PLAYLIST-TYPE|START|DATERANGE).*\n/g, ''),
      )
      for (const [i, body] of bodies.entries()) {
        // The last of the audio is said to be longer in the end.
        const known = (before[i] ?? '').replace(/#EXTINF:[^\n]*\n[^\n]*\n$/, '').trimEnd()
        expect(body.startsWith(known), `${known}\n---\n${body}`).toBe(true)
      }
      before = bodies
      expect(video).toContain('PLAYLIST-TYPE:EVENT')
      expect(video.includes('ENDLIST')).toBe(one === rest.at(-1))
      const shown = { hls: video, dash: await get('index.mpd') }
      const [hls, dash] = [previous?.hls, previous?.dash]
      expect(checkMediaPlaylist(shown.hls, hls === undefined ? {} : { previous: hls })).toEqual([])
      expect(checkMpd(shown.dash, dash === undefined ? {} : { previous: dash })).toEqual([])
      previous = shown
    }
    expect(durations(before[0])).toEqual(
      isLate
        ? [2, 2, 2, 0, 0.96, 2, 2, 2, 2]
        : breaks === 'remove'
          ? withoutBreak
          : [2, 2, 2, 1.04, 0.96, 2, 2, 2, 1.04, 0.96, 2, 2, 2, 2],
    )
  })

  it('has other spots in the place of its breaks, and a film in front of it', async () => {
    for (const one of feed) await take(one)
    const trailer: AskedClip = { assetId: 'spot', role: 'bumper' }
    await store([trailer, clipOf({ breaks: 'replace', replacements: ['spot'] })])
    const { texts } = await playlists()
    const [video = ''] = texts
    expect(durations(video)).toEqual([2, 2, 0, 2, 2, 2, 1.04, 0, 2, 2, 0, 0.96, 2, 2, 2, 2])
    for (const text of texts) expect(checkMediaPlaylist(text), text).toEqual([])
    const mpd = await get('index.mpd')
    expect(checkMpd(mpd)).toEqual([])
    expect(mpd.match(/<Period /g)).toHaveLength(4)
  })

  it('has its audio up to a break whose segment was not cut, as its encoder wrote it behind the video', async () => {
    for (const one of (await breakFeed('avc', true)).feed) await take(one)
    programmes.room.clock.nowMs += 60_000
    await store([clipOf({ breaks: 'remove' })])
    const [video = '', audio = ''] = (await playlists()).texts
    expect(durations(video)).toEqual([2, 2, 2, 0, 0.96, 2, 2, 2, 2])
    expect(audio).toMatch(/-\d+\.m4s\n#EXT-X-DISCONTINUITY/)
    const [before = ''] = audio.split('#EXT-X-DISCONTINUITY')
    // A frame of AAC.
    expect(Math.abs(secondsOf(before) - 6)).toBeLessThan(1024 / 48_000)
    expect(checkMediaPlaylist(audio), audio).toEqual([])
    expect(secondsOf(audio)).toBeCloseTo(secondsOf(video), 5)
  })

  it('is what lies between two times, widened to whole segments', async () => {
    for (const one of feed) await take(one)
    await store([clipOf({ fromMs: begin + 5000, toMs: begin + 19_000 })])
    const [video = ''] = (await playlists()).texts
    expect(durations(video)).toEqual([2, 1.04, 0.96, 2, 2, 2, 1.04, 0.96, 2, 2])
  })

  it('of a channel that was made anew, or whose media are gone, is gone', async () => {
    for (const one of feed) await take(one)
    await store([clipOf()])
    programmes.room.clock.nowMs = begin + 4 * 86_400_000
    expect(await get('index.m3u8')).toMatch(/^404 .*PRESENTATION_ASSET/)
  })

  it('is refused before its window, and of a channel that has not begun', async () => {
    await expect(store([clipOf()])).rejects.toMatchObject({ code: 'ASSET_NOT_READY', status: 409 })
    for (const one of feed.slice(0, 4)) await take(one)
    await expect(store([clipOf({ fromMs: begin - 3 * 86_400_000 })])).rejects.toMatchObject({
      code: 'CLIP_RANGE',
    })
  })
})
