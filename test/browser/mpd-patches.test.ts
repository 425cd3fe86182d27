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
  readonly at: number
  readonly isPatch: boolean
  readonly status: number
  readonly text: string
}

/** A tab that plays, and the MPDs and patches it was given. */
async function watch(player: 'dash.js' | 'shaka-dash', url: string) {
  const tab = await browser.newPage()
  const answers: Answer[] = []
  tab.on('response', async (response) => {
    const asked = response.url()
    if (!asked.includes('/index.mpd')) return
    const text = await response.text().catch(() => '')
    answers.push({ at: Date.now(), isPatch: asked.includes('patch='), status: response.status(), text })
  })
  await tab.goto(`${pages.url}/?player=${player}&url=${encodeURIComponent(url)}`)
  return { tab, answers }
}

describe.skipIf(missing !== undefined)(`patches of a channel's MPD${missing ? ` (${missing})` : ''}`, () => {
  it('are all that players ask for after the first, and play on by', { timeout: 180_000 }, async () => {
    const url = `${house.outputs['PlaybackUrl']}/live/long/index.mpd?start=${Math.floor(Date.now() / 1000) - 600}`
    await expect.poll(async () => (await fetch(url)).status, { timeout: 60_000 }).toBe(200)
    const watched = await Promise.all([watch('dash.js', url), watch('shaka-dash', url)])
    try {
      for (const [i, object] of feed.slice(before).entries()) {
        if (before + i !== lost) await send([object])
        await new Promise((resolve) => setTimeout(resolve, 1500))
      }
      for (const { tab, answers } of watched) {
        await tab.waitForFunction('v.currentTime > 34 || errors.length > 0', undefined, { timeout: 60_000 }).catch(() => undefined)
        console.log(await tab.evaluate('JSON.stringify([errors, v.currentTime, seeks, v.buffered.length && v.buffered.end(0)])'))
        console.log(answers.map((a) => `${a.at % 1000000} ${a.isPatch} ${a.status} ${a.text.length} ${a.text.includes('<Patch ')} ${a.text.includes('<remove')} ${a.text.includes('pos="after"')}`).join('\n'))
      }
      console.log(watched[0]?.answers.find((a) => a.text.includes('pos="after"'))?.text)
      console.log(watched[0]?.answers.at(-1)?.text)
    } finally {
      for (const { tab } of watched) await tab.close()
    }
  })
})
