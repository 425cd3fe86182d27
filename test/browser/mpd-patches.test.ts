/** A channel from its beginning while it goes on, in DASH: both players are told what is new alone, and play on over it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { segmentSeconds } from '../channels/feeds.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { browserMissing } from './chromium.ts'
import { growingChannel } from './growing-channel.ts'

const missing = browserMissing ?? (ffmpegMissing === undefined ? undefined : 'skipped: no ffmpeg')
const before = 8
/** One that never comes: the Period ends, and another begins. */
const lost = 12

let channel: Awaited<ReturnType<typeof growingChannel>>

beforeAll(async () => {
  if (missing === undefined) channel = await growingChannel({ segments: 22, before })
})
afterAll(() => channel?.stop())

interface Answer {
  readonly isPatch: boolean
  readonly text: string
}

/** A tab that plays, and the MPDs and patches it was given. */
async function watch(player: 'dash.js' | 'shaka-dash', url: string) {
  const tab = await channel.browser.newPage()
  const answers: Answer[] = []
  tab.on('response', async (response) => {
    if (!response.url().includes('/index.mpd')) return
    const text = await response.text().catch(() => '')
    answers.push({ isPatch: text.includes('<Patch '), text })
  })
  await tab.goto(`${channel.pages.url}/?player=${player}&url=${encodeURIComponent(url)}`)
  return { player, tab, answers }
}

/** A patch that ends the patches: then a whole MPD is asked for. */
const isEnd = ({ text }: Answer): boolean => text.includes('<remove sel="/MPD/PatchLocation[1]"/>')
const addsPeriod = ({ isPatch, text }: Answer): boolean => isPatch && text.includes('<Period ')

describe.skipIf(missing !== undefined)(`patches of a channel's MPD${missing ? ` (${missing})` : ''}`, () => {
  it('are what players ask for once they have the whole, and play on by', { timeout: 240_000 }, async () => {
    const url = `${channel.house.outputs['PlaybackUrl']}/live/long/index.mpd?start=${Math.floor(Date.now() / 1000) - 600}`
    await expect.poll(async () => (await fetch(url)).status, { timeout: 60_000 }).toBe(200)
    const watched = await Promise.all([watch('dash.js', url), watch('shaka-dash', url)])
    try {
      for (const [i, object] of channel.next.entries()) {
        const heard = watched.map(({ answers }) => answers.length)
        if (before + i !== lost) await channel.send([object])
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
