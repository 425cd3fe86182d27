/** The demo film from a whole headend in every player, in real Chromium. */
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settled } from '../house/assets.ts'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { demoFilm } from '../house/media.ts'
import { browserMissing, type ChromiumStage, launchStage } from './chromium.ts'
import { play, playerPages, players } from './player.ts'

let headend: InProcess
let browser: ChromiumStage
let pages: { readonly url: string; readonly server: Server }

beforeAll(async () => {
  if (browserMissing !== undefined) return
  ;[headend, browser, pages] = await Promise.all([startInProcess(), launchStage(), playerPages()])
  await headend.upload('vod/big-buck-bunny.mp4', readFileSync(demoFilm))
  await settled(headend, 'big-buck-bunny')
})
afterAll(async () => {
  await browser?.close()
  pages?.server.close()
  await headend?.stop()
})

describe.skipIf(browserMissing !== undefined)(
  `the demo film${browserMissing ? ` (${browserMissing})` : ''}`,
  () => {
    // One after the other: they are pictures of a size that takes a core.
    it.each(players)('plays in %s, pictures and sound, also after a jump', async (player) => {
      const ending = player === 'shaka-dash' || player === 'dash.js' ? 'mpd' : 'm3u8'
      const url = `${headend.outputs['PlaybackUrl']}/vod/big-buck-bunny/index.${ending}`
      const played = await play({ browser, pages: pages.url, player, url, untilSeconds: 19, seekTo: 15 })
      expect(played.errors).toEqual([])
      expect(played.currentTime).toBeGreaterThanOrEqual(19)
      expect(played.frames).toBeGreaterThan(75)
      expect(played.width).toBe(1920)
      expect(played.videoBytes).toBeGreaterThan(100_000)
      expect(played.audioBytes).toBeGreaterThan(10_000)
      expect(played.duration).toBeCloseTo(30, 0)
    })
  },
)
