/** A channel from its beginning while it goes on, in DASH: both players are told what is new alone, and play on over it. */
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
const before = 8
/** One that never comes: the Period ends, and another begins. */
const lost = 12

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
  feed = writtenBy('ts', 22 * segmentSeconds)
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

interface Answer {
  readonly isPatch: boolean
  readonly text: string
}

/** A tab that plays, and the MPDs and patches it was given. */
async function watch(player: 'dash.js' | 'shaka-dash', url: string) {
  const tab = await browser.newPage()
  const answers: Answer[] = []
  tab.on('response', async (response) => {
    if (!response.url().includes('/index.mpd')) return
    const text = await response.text().catch(() => '')
    answers.push({ isPatch: text.includes('<Patch '), text })
  })
  await tab.goto(`${pages.url}/?player=${player}&url=${encodeURIComponent(url)}`)
  return { player, tab, answers }
}

/** A patch that ends the patches: then a whole MPD is asked for. */
const isEnd = ({ text }: Answer): boolean => text.includes('<remove sel="/MPD/PatchLocation[1]"/>')
const addsPeriod = ({ isPatch, text }: Answer): boolean => isPatch && text.includes('<Period ')

describe.skipIf(missing !== undefined)(`patches of a channel's MPD${missing ? ` (${missing})` : ''}`, () => {
  it('are what players ask for once they have the whole, and play on by', { timeout: 240_000 }, async () => {
    const url = `${house.outputs['PlaybackUrl']}/live/long/index.mpd?start=${Math.floor(Date.now() / 1000) - 600}`
    await expect.poll(async () => (await fetch(url)).status, { timeout: 60_000 }).toBe(200)
    const watched = await Promise.all([watch('dash.js', url), watch('shaka-dash', url)])
    try {
      for (const [i, object] of feed.slice(before).entries()) {
        const heard = watched.map(({ answers }) => answers.length)
        if (before + i !== lost) await send([object])
        const answered = () => watched.every(({ answers }, n) => answers.length > (heard[n] ?? 0) + 1)
        await expect.poll(answered, { timeout: 20_000 }).toBe(true)
      }
      for (const { player, tab, answers } of watched) {
        // Beyond what the Period behind the gap had when it came.
        await tab.waitForFunction(
          `v.currentTime > ${lost * segmentSeconds + 12} || errors.length > 0`,
          undefined,
          {
            timeout: 60_000,
          },
        )
        expect(await tab.evaluate('errors'), player).toEqual([])
        const wholes = answers.filter(({ isPatch }) => !isPatch)
        const ends = answers.filter(isEnd)
        // The one they began with, its first update, and one for each end.
        expect(wholes.length, player).toBeLessThanOrEqual(2 + ends.length)
        // The rates of video, audio and key frames are learned, each once.
        expect(ends.length, player).toBeLessThanOrEqual(3)
        const behindPeriod = answers.slice(answers.findIndex(addsPeriod) + 1)
        expect(answers.some(addsPeriod), player).toBe(true)
        expect(behindPeriod.length, player).toBeGreaterThan(3)
        expect(
          behindPeriod.every(({ isPatch, text }) => isPatch && text.length < 3000),
          player,
        ).toBe(true)
      }
    } finally {
      for (const { tab } of watched) await tab.close()
    }
  })
})
