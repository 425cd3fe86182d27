/** A channel from its beginning while it goes on: hls.js asks for what is new alone, and plays over what it is given. */
import type { Server } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { segmentSeconds, type Written, writtenBy } from '../channels/feeds.ts'
import { settled } from '../house/assets.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { askApi } from '../house/operator-api.ts'
import { smallFilm } from '../house/small-film.ts'
import { browserMissing, launch } from './chromium.ts'
import { playerPages } from './player.ts'

const missing = browserMissing ?? (ffmpegMissing === undefined ? undefined : 'skipped: no ffmpeg')
/** More than six target durations, so that there is something to skip. */
const before = 12

let house: InProcess
let browser: Browser
let feed: readonly Written[]
let pages: { readonly url: string; readonly server: Server }

beforeAll(async () => {
  if (missing !== undefined) return
  ;[house, browser, pages] = await Promise.all([startInProcess(), launch(), playerPages()])
  // Until the first film the edge does not know what is protected, and opens nothing.
  await house.upload('vod/first.mp4', await smallFilm())
  await settled(house, 'first')
  await askApi(house, 'PUT', '/v1/channels/long', { name: 'Long', segmentSeconds })
  feed = writtenBy('ts', 2 * segmentSeconds * before)
  await send(feed.slice(0, before))
})
afterAll(async () => {
  await browser?.close()
  pages?.server.close()
  await house?.stop()
})

async function send(objects: readonly Written[]): Promise<void> {
  for (const { path, bytes } of objects) await house.upload(`live/long/${path}`, bytes)
}

describe.skipIf(missing !== undefined)(`a channel's updates${missing ? ` (${missing})` : ''}`, () => {
  it('are of its last segments in hls.js, which plays on over them', { timeout: 180_000 }, async () => {
    const url = `${house.outputs['PlaybackUrl']}/live/long/index.m3u8?start=${Math.floor(Date.now() / 1000) - 600}`
    await expect.poll(async () => (await fetch(url)).status, { timeout: 60_000 }).toBe(200)
    const tab = await browser.newPage()
    try {
      const updates: string[] = []
      tab.on('response', async (response) => {
        if (response.url().includes('_HLS_skip')) updates.push(await response.text().catch(() => ''))
      })
      await tab.goto(`${pages.url}/?player=hls.js&url=${encodeURIComponent(url)}`)
      await tab.waitForFunction('v.currentTime > 1 || errors.length > 0', undefined, { timeout: 60_000 })
      expect(await tab.evaluate('errors')).toEqual([])
      for (const object of feed.slice(before)) {
        const heard = updates.length
        await send([object])
        await expect.poll(() => updates.length, { timeout: 20_000 }).toBeGreaterThan(heard)
      }
      const skips = updates.flatMap((text) => /#EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)/.exec(text)?.[1] ?? [])
      expect(Math.max(...skips.map(Number))).toBeGreaterThan(before)
      await tab.waitForFunction(
        `v.currentTime > ${segmentSeconds * (before + 3)} || errors.length > 0`,
        undefined,
        { timeout: 60_000 },
      )
      expect(await tab.evaluate('errors')).toEqual([])
      const [length] = await tab.evaluate<number[]>('[h.levels[h.currentLevel].details.fragments.length]')
      expect(length).toBeGreaterThan(2 * before - 3)
    } finally {
      await tab.close()
    }
  })
})
