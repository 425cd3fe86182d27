/** Whose key frames a channel offers, and that they have gaps, Periods and discontinuities where their video has. */
import { describe, expect, it } from 'vitest'
import { rowWith } from '../../lib/channels/live/minute-row.ts'
import { minuteOf } from '../../lib/timeline/live/head.ts'
import type { Segment } from '../../lib/timeline/timeline.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist, checkMultivariant } from '../judges/hls/rules.ts'
import { audio, headWith, type PrintedWindow, printedWindow, video } from './key-frame-windows.ts'
import { memoryRoom } from './memory-room.ts'

/** 20 minutes before a full hour, so that hours are sealed on the way. */
const begin = 3600 * 496_000 - 1200
const hevc = 'hvc1.1.6.L93.B0'

/** Obeys the judges, as it is and behind what was printed before it. */
function expectSound(printed: PrintedWindow, before?: PrintedWindow): void {
  const { top, mpd, media, byUri } = printed
  expect(checkMultivariant(top, byUri), top).toEqual([])
  expect(checkMpd(mpd, before ? { previous: before.mpd } : {}), mpd).toEqual([])
  for (const [id, text] of Object.entries(media)) {
    const previous = before?.media[id]
    expect(checkMediaPlaylist(text, previous === undefined ? {} : { previous }), text).toEqual([])
  }
}

const offered = ({ top }: PrintedWindow): readonly string[] =>
  [...top.matchAll(/^#EXT-X-I-FRAME-STREAM-INF.*\/([^/"]+)\/[^/"]+"$/gm)].map(([, id = '']) => id)
const count = (text: string | undefined, tag: string): number =>
  (text ?? '').split('\n').filter((line) => line === tag).length

/** A room in which these tracks have come for so many seconds, but for what `isLost`. */
async function roomOf(
  tracks: Parameters<typeof headWith>[0],
  {
    joins = {},
    seconds = 30,
  }: { readonly joins?: Readonly<Record<string, number>>; readonly seconds?: number } = {},
) {
  const room = memoryRoom({ ...headWith(tracks, begin), joins })
  for (let second = 0; second < seconds; second += 2)
    for (const { id } of tracks) await room.arrive(id, begin + second)
  return room
}

describe('the key frames that are offered', () => {
  it.each([
    [
      'the largest video of at most 480 lines',
      [video(1, 1080), video(2, 360), video(3, 234), audio(4)],
      ['video-2'],
    ],
    ['the smallest where all have more', [video(1, 1080), video(2, 720), audio(3)], ['video-2']],
    ['the first of two that are alike', [video(1, 720), video(2, 720), audio(3)], ['video-1']],
    [
      'one for each codec',
      [video(1, 720), video(2, 720, hevc), video(3, 360), audio(4)],
      ['video-3', 'video-2'],
    ],
  ])('are those of %s', async (_, tracks, ids) => {
    const printed = await printedWindow(await roomOf(tracks))
    expectSound(printed)
    expect(offered(printed)).toEqual(ids.map((id) => `${id}-trick`))
    expect([...printed.mpd.matchAll(/<Representation id="([^"]+-trick)"/g)].map(([, id]) => id)).toEqual(
      ids.map((id) => `${id}-trick`),
    )
  })

  it('stay the same where a video joins that would suit better, and published Periods keep theirs', async () => {
    const tracks = [video(1, 720), audio(2), video(3, 360), video(4, 360, hevc)]
    const joins = { 'video-3': begin + 20, 'video-4': begin + 20 }
    const room = await roomOf(tracks, { joins, seconds: 0 })
    let before: PrintedWindow | undefined
    const seen: (readonly string[])[] = []
    for (let second = 0; second < 40; second += 2) {
      for (const { id } of tracks) await room.arrive(id, begin + second)
      if (second < 8) continue
      const printed = await printedWindow(room)
      expectSound(printed, before)
      seen.push(offered(printed))
      before = printed
    }
    expect(seen[0]).toEqual(['video-1-trick'])
    expect(seen.at(-1)).toEqual(['video-1-trick', 'video-4-trick'])
  })

  it('are none in a channel that began before they were known', async () => {
    const { keyFrames: _, ...old } = video(1, 720)
    const printed = await printedWindow(await roomOf([old, audio(2)]))
    expectSound(printed)
    expect(printed.top).not.toContain('I-FRAME')
    expect(printed.mpd).not.toContain('trick')
  })
})

describe('key frames', () => {
  it('have the gaps of their video, in a window that slides over them and over a full hour', async () => {
    const tracks = [video(1, 720), video(2, 360), audio(3)]
    const room = memoryRoom(headWith(tracks, begin))
    let before: PrintedWindow | undefined
    const gaps = new Set<number>()
    for (let second = 0; second < 1300; second += 2) {
      const isLost = second === 300 || second === 1196 || second === 1202
      for (const { id } of tracks) if (id !== 'video-2' || !isLost) await room.arrive(id, begin + second)
      const isNear = [300, 1200].some((at) => Math.abs(second - at) < 60)
      if (!isNear) continue
      const printed = await printedWindow(room)
      expectSound(printed, before && second !== 1142 ? before : undefined)
      const { 'video-2': own, 'video-2-trick': trick } = printed.media
      gaps.add(count(trick, '#EXT-X-GAP'))
      expect(count(trick, '#EXT-X-GAP')).toBe(count(own, '#EXT-X-GAP'))
      before = printed
    }
    expect(room.hours).toHaveLength(1)
    expect(gaps).toEqual(new Set([0, 1, 2]))
    const whole = await printedWindow(room, `start=${begin}`)
    expectSound(whole)
    expect(count(whole.media['video-2-trick'], '#EXT-X-GAP')).toBe(3)
    expect(whole.mpd.match(/<Representation id="video-2-trick"/g)).toHaveLength(4)
  })

  it('are not offered while their video is absent, and are when it comes back', async () => {
    const tracks = [video(1, 720), video(2, 360), audio(3)]
    const room = memoryRoom(headWith(tracks, begin))
    let before: PrintedWindow | undefined
    const seen: string[] = []
    for (let second = 0; second < 180; second += 2) {
      const isAway = second >= 40 && second < 120
      for (const { id } of tracks) if (id !== 'video-2' || !isAway) await room.arrive(id, begin + second)
      if (second < 10) continue
      const printed = await printedWindow(room)
      expectSound(printed, before)
      const ids = offered(printed).join()
      if (seen.at(-1) !== ids) seen.push(ids)
      before = printed
    }
    expect(seen).toEqual(['video-2-trick', '', 'video-2-trick'])
  })

  it('are a gap where a segment begins with another frame, and no hole ends a Period', async () => {
    const tracks = [video(1, 360), audio(2)]
    const room = memoryRoom(headWith(tracks, begin))
    for (let second = 0; second < 30; second += 2) {
      for (const { id } of tracks) await room.arrive(id, begin + second)
      if (second === 16) await changeLast(room, begin + second, { sync: false })
    }
    const printed = await printedWindow(room, `start=${begin}`)
    const { 'video-1': own, 'video-1-trick': trick } = printed.media
    expect(checkMediaPlaylist(trick ?? ''), trick).toEqual([])
    expect([count(own, '#EXT-X-GAP'), count(trick, '#EXT-X-GAP')]).toEqual([0, 1])
    expect(printed.mpd.match(/<Period/g)).toHaveLength(1)
    const [, timeline = ''] =
      /<Representation id="video-1-trick"[^]*?(<SegmentTimeline>[^]*?<\/SegmentTimeline>)/.exec(
        printed.mpd,
      ) ?? []
    expect(timeline.match(/ t="/g)).toHaveLength(2)
    expect(checkMpd(printed.mpd), printed.mpd).toEqual([])
  })

  it('have the Periods and the init segments of their video where its resolution changes', async () => {
    const [one] = video(1, 360).configs
    if (!one) throw new Error('expected a config')
    const tracks = [
      video(1, 360, one.codec, { configs: [one, { ...one, id: 'd', width: 320, height: 180 }] }),
      audio(2),
    ]
    const room = memoryRoom(headWith(tracks, begin))
    let before: PrintedWindow | undefined
    for (let second = 0; second < 44; second += 2) {
      for (const { id } of tracks) await room.arrive(id, begin + second)
      if (second >= 16) await changeLast(room, begin + second, { configId: 'd' })
      if (second < 10) continue
      const printed = await printedWindow(room)
      expectSound(printed, before)
      before = printed
      if (second !== 28) continue
      const trick = printed.media['video-1-trick'] ?? ''
      expect(trick.match(/#EXT-X-MAP:URI="[^"]*i-(.)\.mp4"/g), trick).toHaveLength(2)
      expect(count(trick, '#EXT-X-DISCONTINUITY')).toBe(1)
      expect(
        [...printed.mpd.matchAll(/<Representation id="video-1-trick"[^>]*height="(\d+)"/g)].map(
          ([, lines]) => lines,
        ),
      ).toEqual(['360', '180'])
    }
  })
})

/** The segment that came last, recorded as another. */
async function changeLast(
  { ports, clock }: ReturnType<typeof memoryRoom>,
  seconds: number,
  to: Partial<Segment>,
): Promise<void> {
  const minute = minuteOf(seconds)
  const { head } = (await ports.live.head('live/news')) ?? {}
  if (!head || clock.nowMs === 0) throw new Error('expected a channel')
  const rows = await ports.live.minutes(head, minute, minute)
  const row = rows.find(({ trackId }) => trackId === 'video-1')
  const last = row?.segments.at(-1)
  if (row && last)
    await ports.live.putMinute(head, rowWith(row, row, [{ segment: { ...last, ...to }, run: 0 }]))
}
