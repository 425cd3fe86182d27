/** Winding by key frames in a real player, and that no player plays them by mistake. */
import type { Server } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vodPresentation } from '../../lib/delivery/sources/film.ts'
import { openTheatre, type Theatre } from '../delivery/theatre.ts'
import { ffmpegMissing, smallDemoFilm } from '../house/ffmpeg.ts'
import { browserMissing, launch } from './chromium.ts'
import { play, playerPages, players } from './player.ts'

const missing = browserMissing ?? ffmpegMissing
let theatre: Theatre
let browser: Browser
let pages: { readonly url: string; readonly server: Server }
const ids = { 'shaka-hls': 'index.m3u8', 'shaka-dash': 'index.mpd' } as const

beforeAll(async () => {
  if (missing !== undefined) return
  ;[theatre, browser, pages] = await Promise.all([openTheatre(), launch(), playerPages()])
  const timeline = await theatre.show(smallDemoFilm(), 'vod/film')
  theatre.programme('vod/film', () => vodPresentation(timeline))
})
afterAll(async () => {
  await browser?.close()
  pages?.server.close()
  theatre?.close()
})

/** A page that plays, and the segments it asked for, as `track/number`. */
interface Playback {
  readonly tab: Page
  readonly asked: readonly string[]
}

async function playing(player: keyof typeof ids): Promise<Playback> {
  const tab = await browser.newPage()
  const asked: string[] = []
  tab.on('request', (request) => {
    const [, track, number] = /\/([^/]+)\/(\d+)\.\d+\.m4s$/.exec(request.url()) ?? []
    if (track !== undefined) asked.push(`${track}/${number}`)
  })
  const url = `${theatre.url}/vod/film/${ids[player]}`
  await tab.goto(`${pages.url}/?player=${player}&url=${encodeURIComponent(url)}`)
  const playback = { tab, asked }
  await reach(playback, 0.2)
  return playback
}

/** A busy machine is slow; only a player that stands still takes so long. */
const patienceMs = 60_000
/** How often one test reaches for a second of the film, and as much again for all else. */
const mostReaches = 4
const testMs = (mostReaches + 1) * patienceMs

/** Resolves when the film has come past a second, or the player says what is wrong; else says where it stands. */
async function reach({ tab, asked }: Playback, seconds: number): Promise<void> {
  const isThere = `v.currentTime > ${seconds} || errors.length > 0`
  await tab.waitForFunction(isThere, undefined, { timeout: patienceMs }).catch(async (cause: unknown) => {
    const stands =
      await tab.evaluate(`JSON.stringify({ at: v.currentTime, rate: v.playbackRate, paused: v.paused,
      seeking: v.seeking, readyState: v.readyState, hidden: document.hidden,
      buffered: Array.from(v.buffered, (_, i) => [v.buffered.start(i), v.buffered.end(i)]),
      frames: v.getVideoPlaybackQuality().totalVideoFrames })`)
    throw new Error(`did not come to ${seconds} s: ${String(stands)}, asked for ${asked.join(' ')}`, {
      cause,
    })
  })
}

/** Pictures decoded when the film has come to a second. */
async function framesAt(playback: Playback, seconds: number): Promise<number> {
  await reach(playback, seconds)
  return playback.tab.evaluate('v.getVideoPlaybackQuality().totalVideoFrames')
}

describe.skipIf(missing !== undefined)(`key frames${missing ? ` (${missing})` : ''}`, () => {
  it.each(['shaka-hls', 'shaka-dash'] as const)(
    'are what %s winds by',
    // Shaka Player seeks where pictures stand still for a second of the clock, and winds no more; a busy machine does that
    // by itself, so its watch over stalls is off.
    { timeout: testMs },
    async (player) => {
      const playback = await playing(player)
      const { tab, asked } = playback
      try {
        const before = asked.length
        await tab.evaluate('s.configure({ streaming: { stallEnabled: false } }); s.trickPlay(8)')
        // The pictures that were there already go by first.
        const frames = await framesAt(playback, 12)
        const later = await framesAt(playback, 24)
        expect(await tab.evaluate('[errors, v.playbackRate]')).toEqual([[], 8])
        expect(asked.slice(before)).toContain('video-1-trick/4')
        expect(asked.slice(before).filter((one) => one.startsWith('video-1/'))).toEqual([])
        // Half of the film, and of 288 pictures only its key frames.
        expect(later - frames).toBeLessThan(5)
        // And back: the pictures again.
        await tab.evaluate('s.cancelTrickPlay()')
        await reach(playback, 26)
        expect(await tab.evaluate('[errors, v.playbackRate]')).toEqual([[], 1])
        expect(asked).toContain('video-1/4')
      } finally {
        await tab.close()
      }
    },
  )

  it.concurrent.each(players)('are not what %s plays', async (player) => {
    const ending = player === 'shaka-dash' || player === 'dash.js' ? 'mpd' : 'm3u8'
    const url = `${theatre.url}/vod/film/index.${ending}`
    const played = await play({ browser, pages: pages.url, player, url, untilSeconds: 4 })
    expect(played.errors).toEqual([])
    expect(played.frames).toBeGreaterThan(75)
  })
})
