/** Presentations that later rooms will make, over real media, in real players. */

import type { Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renditionsOf } from '../../lib/delivery/index.ts'
import type { Presentation } from '../../lib/timeline/presentation.ts'
import { targetSeconds } from '../../lib/timeline/stored.ts'
import type { Timeline, Track } from '../../lib/timeline/timeline.ts'
import { openTheatre, type Theatre } from '../delivery/theatre.ts'
import { presentationOf } from '../delivery/timelines.ts'
import { ffmpegFilm, ffmpegMissing, smallDemoFilm } from '../house/ffmpeg.ts'
import { corpus, corpusMissing } from '../judges/corpus.ts'
import { browserMissing, type ChromiumStage, launchStage } from './chromium.ts'
import { type Player, type PlayOptions, play, playerPages, players } from './player.ts'

const missing = browserMissing ?? ffmpegMissing ?? corpusMissing
const from = (path: string) => join(corpus, 'media', path)

let browser: ChromiumStage
let theatre: Theatre
let pages: { readonly url: string; readonly server: Server }
let film: Timeline
let ad: Timeline
let channel: Timeline

beforeAll(async () => {
  if (missing !== undefined) return
  ;[browser, theatre, pages] = await Promise.all([launchStage(), openTheatre(), playerPages()])
  film = await theatre.show(smallDemoFilm(), 'vod/film')
  ad = await theatre.show(from('ads/preroll-5s.mp4'), 'ads/five')
  channel = await theatre.show(ffmpegFilm(broadcast), 'vod/loop')
})
afterAll(async () => {
  await browser?.close()
  theatre?.close()
  pages?.server.close()
})

/** Long enough to be joined a minute in. */
const broadcast =
  '-f lavfi -i testsrc2=size=320x180:rate=25:duration=180 -f lavfi -i sine=frequency=440:sample_rate=48000:duration=180 ' +
  '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0 -c:a aac -b:a 64k'

/** Start of a segment of the first video track, in the timeline's timescale. */
function cutAt({ tracks, timescale }: Timeline, index: number): number {
  const [picture] = tracks
  return Math.round(((picture?.segments[index]?.start ?? 0) * timescale) / (picture?.timescale ?? 1))
}

const whole = (timeline: Timeline) => ({ timeline, from: 0, to: endOf(timeline) })
const endOf = (timeline: Timeline) => timeline.sealedThrough
const longest = (...timelines: readonly Timeline[]) => Math.max(...timelines.map(targetSeconds))

/** A channel that broadcasts a film since `startMs`, seven segments of it at a time. */
function live(timeline: Timeline, startMs: number): Presentation {
  const now = (Date.now() - startMs) / 1000
  const tracks = timeline.tracks.map((track): Track => {
    const done = track.segments.filter((one) => (one.start + one.duration) / track.timescale <= now)
    const kept = done.slice(-7)
    return {
      ...track,
      segments: kept,
      before: {
        segments: done.length - kept.length,
        discontinuities: 0,
        ...(done.length > kept.length && done[0] && { run: done[0] }),
      },
    }
  })
  const renditions = renditionsOf(timeline)
  const zero = Object.fromEntries(renditions.map(({ id }) => [id, { segments: 0, discontinuities: 0 }]))
  return presentationOf(
    renditions,
    [{ timeline: { ...timeline, tracks }, from: 0, first: zero, before: zero }],
    {
      id: timeline.id,
      kind: 'live',
      epochMs: startMs,
      publishedMs: Date.now(),
      targetSeconds: targetSeconds(timeline),
    },
  )
}

/** Segment `index` of every track is missing. */
const holed = (timeline: Timeline, index: number): Timeline => ({
  ...timeline,
  tracks: timeline.tracks.map((track) => ({
    ...track,
    segments: track.segments.map((one, i) => (i === index ? { ...one, gap: 'missing' as const } : one)),
  })),
})

const urlOf = (id: string, player: Player): string =>
  `${theatre.url}/${id}/index.${player === 'shaka-dash' || player === 'dash.js' ? 'mpd' : 'm3u8'}`

describe.skipIf(missing !== undefined)(`real media${missing ? ` (${missing})` : ''}`, () => {
  describe.each(players)('in %s', { concurrent: true }, (player) => {
    // Faster than life: who goes on over a seam does so at any rate.
    const run = (id: string, how: Pick<PlayOptions, 'untilSeconds' | 'seekTo'>) =>
      play({ browser, pages: pages.url, player, url: urlOf(id, player), rate: 2, ...how })

    it('plays an ad in the middle of a film and goes on', async () => {
      const at = cutAt(film, 1)
      theatre.programme('vod/break', () =>
        presentationOf(
          renditionsOf(film),
          [
            { timeline: film, from: 0, to: at },
            { ...whole(ad), role: 'ad' },
            { timeline: film, from: at, to: endOf(film) },
          ],
          { targetSeconds: longest(film, ad) },
        ),
      )
      const seconds = at / film.timescale
      const played = await run('vod/break', { untilSeconds: seconds + 7, seekTo: seconds - 2 })
      expect(played.errors).toEqual([])
      expect(played.currentTime).toBeGreaterThan(seconds + 7)
      expect(played.duration).toBeCloseTo(35, 0)
    })

    it('plays an edit that leaves two breaks out', async () => {
      const segments = film.tracks[0]?.segments.length ?? 0
      theatre.programme('vod/edit', () =>
        presentationOf(
          renditionsOf(film),
          [
            { timeline: film, from: 0, to: cutAt(film, 1) },
            { timeline: film, from: cutAt(film, 2), to: cutAt(film, 3) },
            { timeline: film, from: cutAt(film, segments - 1), to: endOf(film) },
          ],
          { targetSeconds: longest(film) },
        ),
      )
      const seam = (cutAt(film, 1) + cutAt(film, 3) - cutAt(film, 2)) / film.timescale
      const played = await run('vod/edit', { untilSeconds: seam + 1.5, seekTo: seam - 1.5 })
      expect(played.errors).toEqual([])
      expect(played.currentTime).toBeGreaterThan(seam + 1.5)
    })

    it('plays over a hole', async () => {
      theatre.programme('vod/hole', () =>
        presentationOf(renditionsOf(film), [whole(holed(film, 1))], { targetSeconds: longest(film) }),
      )
      const after = cutAt(film, 2) / film.timescale
      const played = await run('vod/hole', {
        untilSeconds: after + 1,
        seekTo: cutAt(film, 1) / film.timescale - 1,
      })
      expect(played.errors).toEqual([])
      expect(played.currentTime).toBeGreaterThan(after + 1)
    })
  })

  // All at once: they wait for what is yet to come.
  it('plays a live window as it slides, in every player', { concurrent: true }, async () => {
    const startMs = Date.now() - 60_000
    theatre.programme('live/window', () => live(channel, startMs))
    const seen = await Promise.all(
      players.map(async (player) => {
        const url = urlOf('live/window', player)
        return { player, ...(await play({ browser, pages: pages.url, player, url, untilFrames: 600 })) }
      }),
    )
    for (const { player, errors, frames } of seen) {
      expect(errors, player).toEqual([])
      expect(frames, player).toBeGreaterThanOrEqual(600)
    }
  })

  it('gives the same bytes from an archive as from the film', async () => {
    const [picture] = film.tracks
    const segment = picture?.segments[2]
    const url = `${theatre.url}/media/clear/vod/film/${film.version}/video-1/${segment?.number}.0.m4s`
    const before = Buffer.from(await (await fetch(url)).arrayBuffer())
    theatre.put('archive/ten-minutes', Buffer.concat([Buffer.alloc(1000), before, Buffer.alloc(77)]))
    theatre.move(film, (placement) => {
      const track = placement.tracks['video-1']
      return track
        ? {
            ...placement,
            revision: 2,
            tracks: {
              ...placement.tracks,
              'video-1': {
                ...track,
                segments: {
                  [`${segment?.number}.0`]: {
                    kind: 'range',
                    object: { bucket: 'media', key: 'archive/ten-minutes' },
                    range: { offset: 1000, length: before.length },
                  },
                },
              },
            },
          }
        : placement
    })
    const after = Buffer.from(await (await fetch(url)).arrayBuffer())
    expect(after.equals(before)).toBe(true)
    expect(before.length).toBe(segment?.bytes)
  })
})
