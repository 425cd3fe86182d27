/**
 * A hundred programmes of one channel, whose breaks come in all kinds, judged by pictures: those of breaks are red. What is
 * shown is each segment without a red picture and no other; audio ends where video does, and HLS and DASH show the same.
 */
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withCues } from '../channels/cues/cued-stream.ts'
import { splice } from '../channels/cues/make-cues.ts'
import { segmentSeconds, writtenBy } from '../channels/feeds.ts'
import { randomOf } from '../channels/hard-feed/plan.ts'
import { fetcherOf, listedIn } from '../channels/shown-media.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { addressingOf, runsOf } from '../judges/dash/time.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { childOf, childrenOf, treeOf } from '../judges/xml-tree.ts'
import { begin, clipOf, startProgrammes } from './programme-room.ts'

const feedSeconds = 100
interface MadeBreak {
  readonly says: string
  readonly from: number
  readonly to: number
  readonly planned?: number
  /** Whether its way back is said. */
  readonly returns: boolean
  /** Where its encoder has key frames beside those of the cadence. */
  readonly keys: readonly number[]
  /** Whether its cue comes with the segment behind its own. */
  readonly isLate?: true
}
const breaks: readonly MadeBreak[] = [
  { says: 'between segments', from: 7.04, to: 15.04, planned: 8, returns: true, keys: [7.04, 15.04] },
  { says: 'that ends early', from: 24, to: 30.52, planned: 20, returns: true, keys: [30.52] },
  { says: 'without key frames, and no way back', from: 40.2, to: 46.2, planned: 6, returns: false, keys: [] },
  { says: 'back without a key frame', from: 60, to: 67.36, planned: 7.36, returns: true, keys: [] },
  { says: 'told too late', from: 73, to: 76.04, planned: 4, returns: true, keys: [73, 76.04], isLate: true },
  { says: 'that never ends', from: 90, to: feedSeconds, returns: false, keys: [] },
]
const ticks = (seconds: number): number => Math.round(seconds * 90_000)

/** The feed with its cues: two segments before they come true, or behind them. */
async function cuedFeed() {
  const cadence = Array.from({ length: feedSeconds / segmentSeconds }, (_, i) => i * segmentSeconds)
  const keys = [...cadence, ...breaks.flatMap((one) => one.keys)].toSorted((a, b) => a - b)
  // A frame's time is not quite what it says.
  const red = breaks.map(({ from, to }) => `between(t,${from - 0.01},${to - 0.01})`).join('+')
  const words = `-force_key_frames ${keys.join()} -vf drawbox=c=red:t=fill:enable='${red}'`
  const cues = breaks.flatMap(({ from, to, planned, returns, isLate }, i) => [
    {
      at: from,
      ahead: [isLate ? -1 : 2],
      says: { id: i + 1, out: true, ...(planned !== undefined && { duration: ticks(planned) }) },
    },
    ...(returns ? [{ at: to, ahead: [2], says: { id: i + 1, out: false } }] : []),
  ])
  const { feed } = await withCues(writtenBy('ts', feedSeconds, words), (firstPts) =>
    cues.map(({ at, ahead, says }) => ({ at, ahead, bytes: splice({ ...says, pts: firstPts + ticks(at) }) })),
  )
  return feed
}

/** Whether a picture is all red, for each that FFmpeg shows of a file. */
function redFrames(file: Uint8Array): readonly boolean[] {
  const words = '-v error -i pipe:0 -vf scale=1:1 -fps_mode passthrough -f rawvideo -pix_fmt rgb24 pipe:1'
  const pixels = execFileSync('ffmpeg', words.split(' '), { input: file, timeout: 60_000 })
  return Array.from({ length: pixels.length / 3 }, (_, i) => {
    const [r = 0, g = 0, b = 0] = pixels.subarray(i * 3)
    return r > 200 && g < 60 && b < 60
  })
}

interface Shown {
  /** Seconds of the feed. */
  readonly from: number
  readonly to: number
}

/** A segment by its path: its number is its begin. */
const shownBy = (path: string, seconds: number, timescale: number): Shown => {
  const from = Number(/\/(\d+)\.\d+(?:-\d+)?\.m4s$/.exec(path)?.[1]) / timescale - begin / 1000
  return { from, to: from + seconds }
}

/** Those of the channel, by stretches without a discontinuity. */
const stretchesOf = (playlist: string, uri: string, timescale: number): readonly (readonly Shown[])[] =>
  playlist.split('#EXT-X-DISCONTINUITY\n').flatMap((part) => {
    const own = listedIn(part, uri).filter(({ path }) => path.includes('/live/news/'))
    return own.length === 0 ? [] : [own.map(({ path, seconds }) => shownBy(path, seconds, timescale))]
  })

/** The same of an MPD's video. */
const periodsOf = (mpd: string): readonly (readonly number[])[] =>
  childrenOf(treeOf(mpd), 'Period').flatMap((period) => {
    const video = childrenOf(period, 'AdaptationSet').find(
      ({ attributes }) => attributes['contentType'] === 'video',
    )
    const addressing = addressingOf(childOf(video, 'Representation') ?? period)
    if (!addressing?.attributes['media']?.includes('/live/news/')) return []
    return [
      runsOf(addressing).flatMap(({ start, duration, count }) =>
        Array.from({ length: count }, (_, i) => (start + i * duration) / 90_000 - begin / 1000),
      ),
    ]
  })

describe.skipIf(ffmpegMissing !== undefined)('a hundred programmes', { timeout: 120_000 }, () => {
  let programmes: Awaited<ReturnType<typeof startProgrammes>>
  /** Each segment of the channel's video, and whether a picture of a break is in it. */
  const segments: (Shown & { readonly isRed: boolean })[] = []
  beforeAll(async () => {
    programmes = await startProgrammes()
    const feed = await cuedFeed()
    for (const one of feed) await programmes.take(one)
    programmes.room.clock.nowMs = begin + (feedSeconds + 120) * 1000
    await programmes.store([clipOf({ toMs: begin + feedSeconds * 1000 })])
    const [video = ''] = (await programmes.playlists()).texts
    const fetch = fetcherOf(programmes.room)
    for (const { path, init, seconds } of listedIn(video, uriOf)) {
      const file = Buffer.concat([(await fetch(init)).bytes, (await fetch(path)).bytes])
      segments.push({ ...shownBy(path, seconds, 90_000), isRed: redFrames(file).includes(true) })
    }
  })
  afterAll(() => programmes.room.stop())
  const uriOf = 'http://any/presentations/tonight/0123456789abcdef/video-1.m3u8'

  it('have a feed to be of: its breaks are red, and cut where its encoder has key frames', () => {
    const edges = new Set(segments.map(({ from }) => from.toFixed(2)))
    const cut = breaks.flatMap(({ from, to, keys, isLate }) =>
      isLate ? [] : [from, to].filter((at) => keys.includes(at)),
    )
    expect(cut.filter((at) => !edges.has(at.toFixed(2)))).toEqual([])
    expect(segments.filter(({ isRed }) => isRed).length).toBeGreaterThan(15)
    expect(segments.filter(({ isRed }) => !isRed).length).toBeGreaterThan(25)
  })

  it.each(['remove', 'replace'] as const)('show all but their breaks (%s)', async (how) => {
    const random = randomOf(how.length)
    const between = (from: number, to: number): number => from + random() * (to - from)
    for (let i = 0; i < 50; i++) {
      const from = between(0, 80)
      const to = Math.min(between(from + 1, from + 60), feedSeconds - 1)
      const where = `from ${from} to ${to}`
      await programmes.store([
        clipOf({
          fromMs: begin + Math.round(from * 1000),
          toMs: begin + Math.round(to * 1000),
          breaks: how,
          replacements: how === 'replace' ? ['spot'] : [],
        }),
      ])
      const within = segments.filter((one) => one.to > from + 0.02 && one.from < to - 0.02)
      const wanted = within.filter(({ isRed }) => !isRed).map((one) => one.from.toFixed(2))
      const { texts } = await programmes.playlists()
      if (wanted.length === 0 && how === 'remove') {
        expect(texts, where).toEqual([])
        continue
      }
      const [video = '', audio = ''] = texts
      const pictures = stretchesOf(video, uriOf, 90_000)
      expect(
        pictures.flat().map((one) => one.from.toFixed(2)),
        where,
      ).toEqual(wanted)
      const sounds = stretchesOf(audio, uriOf.replace('video-1', 'audio-2'), 48_000)
      // A frame of AAC, and one of video; the last one is said to make up for all frames before it.
      for (const [at, stretch] of pictures.entries()) {
        const apart = (stretch.at(-1)?.to ?? 0) - (sounds[at]?.at(-1)?.to ?? 0)
        expect(Math.abs(apart), `${where}, stretch ${at}`).toBeLessThan(
          at === pictures.length - 1 ? 0.1 : 0.04,
        )
      }
      expect(sounds).toHaveLength(pictures.length)
      const mpd = await programmes.get('index.mpd')
      expect(
        periodsOf(mpd).map((all) => all.map((one) => one.toFixed(2))),
        where,
      ).toEqual(pictures.map((all) => all.map((one) => one.from.toFixed(2))))
      expect([...checkMediaPlaylist(video), ...checkMediaPlaylist(audio), ...checkMpd(mpd)], where).toEqual(
        [],
      )
    }
  })
})
