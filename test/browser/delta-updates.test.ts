/** A channel from its beginning while it goes on: hls.js asks for what is new alone, and plays over what it is given. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { segmentSeconds } from '../channels/feeds.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { browserMissing } from './chromium.ts'
import { growingChannel } from './growing-channel.ts'

const missing = browserMissing ?? (ffmpegMissing === undefined ? undefined : 'skipped: no ffmpeg')
/** More than six target durations, so that there is something to skip. */
const before = 12

let channel: Awaited<ReturnType<typeof growingChannel>>

beforeAll(async () => {
  if (missing === undefined) channel = await growingChannel({ segments: 2 * before, before })
})
afterAll(() => channel?.stop())

describe.skipIf(missing !== undefined)(`a channel's updates${missing ? ` (${missing})` : ''}`, () => {
  it('are of its last segments in hls.js, which plays on over them', { timeout: 180_000 }, async () => {
    const url = `${channel.house.outputs['PlaybackUrl']}/live/long/index.m3u8?start=${Math.floor(Date.now() / 1000) - 600}`
    await expect.poll(async () => (await fetch(url)).status, { timeout: 60_000 }).toBe(200)
    const tab = await channel.browser.newPage()
    try {
      const updates: string[] = []
      tab.on('response', async (response) => {
        if (response.url().includes('_HLS_skip')) updates.push(await response.text().catch(() => ''))
      })
      await tab.goto(`${channel.pages.url}/?player=hls.js&url=${encodeURIComponent(url)}`)
      await tab.waitForFunction('v.currentTime > 1 || errors.length > 0', undefined, { timeout: 60_000 })
      expect(await tab.evaluate('errors')).toEqual([])
      for (const object of channel.next) {
        const heard = updates.length
        await channel.send([object])
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
