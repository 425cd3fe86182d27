/** Two days of a channel and an hour more: what its manifests count is right, and they read no more than at its start. */
import { beforeAll, describe, expect, it } from 'vitest'
import { takeObject } from '../../../lib/channels/ingest/take-object.ts'
import { liveSource } from '../../../lib/channels/source/live-source.ts'
import { respond } from '../../../lib/delivery/index.ts'
import type { Segment } from '../../../lib/timeline/timeline.ts'
import { checkMpd } from '../../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../../judges/hls/rules.ts'
import { manifestPath, playlistUris } from '../feeds.ts'
import { madeInits, secondsObject } from './made-feed.ts'
import { memoryFeed } from './memory-feed.ts'
import { virtualTime } from './virtual-time.ts'

const hours = 49
const segmentSeconds = 15
const perHour = 3600 / segmentSeconds
const beginMs = Date.UTC(2026, 11, 1, 10, 20)
/** Its clock is slow by so much, and it begins anew each seven hours, away for half a minute. */
const drift = 200e-6
const restartSegments = 7 * perHour
const awaySeconds = 30
/** Segments that never come. */
const isLost = (i: number): boolean => i % 1000 === 500

const objectOf = secondsObject(segmentSeconds)

/** A look at a channel. */
interface Look {
  readonly video: string
  readonly audio: string
  readonly mpd: string
  /** Rows that were read for it. */
  readonly rows: number
}

async function ranTwoDays() {
  const { now, sleep, at, run } = virtualTime(beginMs)
  const feed = memoryFeed({ now, sleep, channel: { segmentSeconds, windowSeconds: 48 * 3600 } })
  const { ports, reads } = feed
  const sources = [liveSource({ live: ports.live, now })]
  const objects = { current: async () => undefined, object: async (key: string) => feed.textOf(key) }
  const get = async (path: string, query = '') =>
    (await respond({ method: 'GET', path: manifestPath(path), query }, objects, sources)).body
  const both = async (query = '') => {
    const before = reads.rows
    const uris = playlistUris(await get('index.m3u8', query))
    const uriOf = (type: string): string => uris.find((uri) => uri.includes(type)) ?? ''
    const video = await get(uriOf('video'))
    const audio = await get(uriOf('audio'))
    return { video, audio, mpd: await get('index.mpd', query), rows: reads.rows - before }
  }
  for (const { path, bytes } of madeInits)
    await takeObject(ports, { channelId: 'news', path, bytes, writtenMs: beginMs })
  const looks: Look[] = []
  const past: { readonly query: string; readonly look: Look }[] = []
  for (let i = 0; i < hours * perHour; i++) {
    const restarts = Math.floor(i / restartSegments)
    const wallMs = beginMs + ((i + 1) * segmentSeconds + restarts * awaySeconds) * 1000 * (1 + drift)
    for (const [later, type] of (['video', 'audio'] as const).entries())
      if (!isLost(i))
        at(wallMs + 400 + 100 * later, () =>
          takeObject(ports, { ...objectOf(type, i % restartSegments), writtenMs: wallMs }),
        )
    if (i % 40 === 39) at(wallMs + 3000, async () => void looks.push(await both()))
    // Of an hour that goes on: what is over of it.
    if (i % (10 * perHour) === 10 * perHour - 1)
      at(wallMs + 4000, async () => {
        const endSeconds = Math.floor(now() / 60_000) * 60 - 60
        const query = `start=${endSeconds - 600}&end=${endSeconds}`
        past.push({ query, look: await both(query) })
      })
  }
  await run()
  return { ...feed, looks, past, both, nowSeconds: () => now() / 1000 }
}

const numberIn = (text: string, tag: string): number =>
  Number(new RegExp(`^#EXT-X-${tag}:(\\d+)$`, 'm').exec(text)?.[1] ?? 0)
const startsIn = (text: string): readonly number[] =>
  [...text.matchAll(/^(\d+)\.\d+\.m4s$/gm)].map(([, start]) => Number(start))

/** Seconds that are listed, the time between discontinuities too. */
const listedIn = (text: string): number => {
  const durations = [...text.matchAll(/^#EXTINF:([\d.]+)/gm)].map(([, seconds]) => Number(seconds))
  return durations.reduce((sum, seconds) => sum + seconds, 0)
}
const depthIn = (mpd: string): number => {
  const [, h = 0, m = 0, sec = 0] =
    /timeShiftBufferDepth="PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?"/.exec(mpd) ?? []
  return Number(h) * 3600 + Number(m) * 60 + Number(sec)
}

describe('two days of a channel', () => {
  let ran: Awaited<ReturnType<typeof ranTwoDays>>
  let shown: ReadonlyMap<string, readonly Segment[]>
  beforeAll(async () => {
    ran = await ranTwoDays()
    shown = ran.shown()
  }, 300_000)

  it('have each segment once, gaps where none came, and a discontinuity for each restart', () => {
    expect([...shown.keys()]).toEqual(['video-1', 'audio-2'])
    for (const segments of shown.values()) {
      const restarts = Math.floor((hours * perHour - 1) / restartSegments)
      expect(segments.length).toBeGreaterThanOrEqual(hours * perHour - 1)
      expect(segments.filter(({ discontinuity }) => discontinuity)).toHaveLength(restarts)
      expect(segments.flatMap(({ gap }, i) => (gap === 'missing' ? [i] : []))).toEqual(
        segments.flatMap((_, i) => (isLost(i) ? [i] : [])),
      )
      for (const [i, { start, duration, discontinuity }] of segments.entries()) {
        const before = segments[i - 1]
        if (before && !discontinuity) expect(start).toBe(before.start + before.duration)
        expect(duration / (segments === shown.get('video-1') ? 90_000 : 48_000)).toBeCloseTo(
          segmentSeconds,
          1,
        )
      }
    }
    const [video] = shown.values()
    const last = video?.at(-1)
    const endSeconds = ((last?.start ?? 0) + (last?.duration ?? 0)) / 90_000
    expect(Math.abs(ran.nowSeconds() - endSeconds)).toBeLessThan(segmentSeconds + 2)
  })

  it('are counted in playlists as what has left the window, and discontinuities as those that have', () => {
    expect(ran.looks.length).toBe((hours * perHour) / 40)
    let before: Look | undefined
    for (const look of ran.looks) {
      for (const [type, text] of [
        ['video-1', look.video],
        ['audio-2', look.audio],
      ] as const) {
        const segments = shown.get(type) ?? []
        const [first = Number.NaN] = startsIn(text)
        const at = segments.findIndex(({ start }) => start === first)
        expect(numberIn(text, 'MEDIA-SEQUENCE'), text).toBe(at)
        const left = segments.slice(0, at).filter(({ discontinuity }) => discontinuity).length
        expect(numberIn(text, 'DISCONTINUITY-SEQUENCE'), text).toBe(left)
      }
      expect(checkMediaPlaylist(look.video, before ? { previous: before.video } : {}), look.video).toEqual([])
      expect(checkMpd(look.mpd), look.mpd).toEqual([])
      expect(depthIn(look.mpd), look.mpd).toBeCloseTo(listedIn(look.video), 1)
      before = look
    }
  })

  it('are read in as few rows at their end as at their start', () => {
    const rows = ran.looks.map((look) => look.rows)
    // Two tracks of the ten minutes between two looks, and four times those that are not settled: of 2940 minutes.
    expect(Math.max(...rows)).toBeLessThanOrEqual(40)
    expect(Math.min(...rows)).toBeGreaterThan(0)
  })

  it('print the same from the page of a sealed hour as from its minutes', async () => {
    expect(ran.past.length).toBe(4)
    for (const { query, look } of ran.past) {
      const again = await ran.both(query)
      expect(again.video).toBe(look.video)
      expect(again.audio).toBe(look.audio)
      expect(again.mpd).toBe(look.mpd)
      expect(look.video).toContain('#EXT-X-ENDLIST')
    }
    expect(ran.hours.length).toBeGreaterThanOrEqual(hours - 1)
  })
})
