/** The demo film from a whole headend in every player, in real Chromium. */
import type { Server } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Headend, startHeadend } from '../house/headend.ts'
import { browserMissing, launch } from './chromium.ts'
import { play, playerPages, players } from './player.ts'

let headend: Headend
let browser: Browser
let pages: { readonly url: string; readonly server: Server }

beforeAll(async () => {
  if (browserMissing !== undefined) return
  ;[headend, browser, pages] = await Promise.all([startHeadend(), launch(), playerPages()])
})
afterAll(async () => {
  await browser?.close()
  pages?.server.close()
  await headend?.stop()
})

describe.skipIf(browserMissing !== undefined)(
  `the demo film${browserMissing ? ` (${browserMissing})` : ''}`,
  () => {
    it.each(players)('plays in %s, pictures and sound, also after a jump', async (player) => {
      const ending = player === 'shaka-dash' || player === 'dash.js' ? 'mpd' : 'm3u8'
      const url = `${headend.outputs['PlaybackUrl']}/vod/big-buck-bunny/index.${ending}`
      const played = await play({ browser, pages: pages.url, player, url, untilSeconds: 20, seekTo: 15 })
      expect(played.errors).toEqual([])
      expect(played.currentTime).toBeGreaterThanOrEqual(20)
      expect(played.frames).toBeGreaterThan(75)
      expect(played.width).toBe(1920)
      expect(played.videoBytes).toBeGreaterThan(100_000)
      expect(played.audioBytes).toBeGreaterThan(10_000)
      expect(played.duration).toBeCloseTo(30, 0)
    })
  },
)
