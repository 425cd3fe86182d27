/** Text of a channel in every player, in real Chromium: each line comes up in its own second, whatever form it came in. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { readObject } from '../../lib/platform/aws/objects.ts'
import { numberOf, segmentSeconds, startChannels, type Written, writtenBy } from '../channels/feeds.ts'
import { stppSegment, textInit, wvttSegment } from '../channels/make-text.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { browserMissing, launch } from './chromium.ts'
import { playerPages, players } from './player.ts'
import { textControl } from './text-control.ts'

const begin = Date.UTC(2026, 11, 1, 10)
const segments = 12
const missing = browserMissing ?? (ffmpegMissing === undefined ? undefined : 'skipped: no ffmpeg')

let room: Awaited<ReturnType<typeof startChannels>>
let browser: Browser
let pages: { readonly url: string; readonly server: Server }
let front: Server

/** The same lines as the other forms have, in WebVTT files without a map: they count from the media's own zero. */
function vttSegment(number: number): Written {
  const from = (number - 1) * segmentSeconds
  const text = `WEBVTT\n\n00:${stamp(from + 0.5)} --> 00:${stamp(from + 1.5)}\nline ${number}\n`
  return { path: `subs/en/seg_${number}.vtt`, bytes: Buffer.from(text) }
}

const stamp = (seconds: number): string => `00:${seconds.toFixed(3).padStart(6, '0')}`

beforeAll(async () => {
  if (missing !== undefined) return
  ;[room, browser, pages] = await Promise.all([startChannels(), launch(), playerPages()])
  const take = async (written: Written, number: number) => {
    const wall = begin + (Math.max(0, number) + 1) * segmentSeconds * 1000
    room.clock.nowMs = Math.max(room.clock.nowMs, wall)
    await takeObject(room.ports, room.object(written, wall))
  }
  const feed = writtenBy('dash', segments * segmentSeconds)
  for (const init of [textInit('wvtt', 'ger'), textInit('stpp', 'fre')]) await take(init, 0)
  for (let number = -1; number <= segments; number++) {
    for (const one of feed.filter(({ path }) => numberOf(path) === number)) await take(one, number)
    if (number < 1) continue
    for (const one of [wvttSegment(number), stppSegment(number), vttSegment(number)]) await take(one, number)
  }
  const send = async (request: IncomingMessage, response: ServerResponse) => {
    const { status, type, body } = await answer(request.url ?? '')
    response.writeHead(status, { 'content-type': type, 'access-control-allow-origin': '*' })
    response.end(body)
  }
  front = createServer((request, response) => void send(request, response))
  await new Promise<void>((done) => front.listen(0, '127.0.0.1', done))
})
afterAll(async () => {
  await browser?.close()
  pages?.server.close()
  front?.close()
  await room?.stop()
})

async function answer(url: string) {
  const [path = '', query = ''] = url.split('?')
  if (/\.(?:m3u8|mpd)$/.test(path)) {
    const { status, headers, body } = await room.get(path, query)
    return { status, type: headers['content-type'] ?? 'text/plain', body }
  }
  const key = path.replace('/media/clear/', 'timelines/')
  const type = path.endsWith('.vtt') ? 'text/vtt' : 'application/mp4'
  const bytes = await readObject(room.client, { bucket: 'media', key }).catch(() => undefined)
  return { status: bytes ? 200 : 404, type, body: bytes ?? '' }
}

const shownTexts = `[...[...v.textTracks].filter((one) => one.mode === 'showing')
  .flatMap((one) => [...(one.activeCues ?? [])].flatMap((cue) => cue.text || [])),
  ...[...document.querySelectorAll('#captions > *')].flatMap((one) => one.textContent || [])].map((one) => one.trim()).join('|')`

/** Nobody says how fast the machine is: only a test that fails takes so long. */
const patience = 60_000

describe.skipIf(missing !== undefined)(
  `text of a channel${missing ? ` (${missing})` : ''}`,
  { timeout: 5 * patience },
  () => {
    it.each(players)('is shown in its second in %s', async (player) => {
      const { port } = front.address() as AddressInfo
      const ending = player === 'shaka-dash' || player === 'dash.js' ? 'mpd' : 'm3u8'
      const window = `start=${begin / 1000 + 2}&end=${begin / 1000 + 2 * segments}`
      const url = encodeURIComponent(`http://127.0.0.1:${port}/live/news/index.${ending}?${window}`)
      const tab = await browser.newPage()
      await tab.goto(`${pages.url}/?player=${player}&url=${url}`)
      await tab.waitForFunction('v.currentTime > 0.2 || errors.length > 0', undefined, { timeout: patience })
      await tab.evaluate('v.playbackRate = 0.1')
      const languages = await tab.evaluate<string[]>(textControl[player].languages)
      expect(languages.toSorted()).toEqual(['de', 'en', 'fr'])
      const first = await tab.evaluate<number>('v.seekable.start(0)')
      for (const language of ['en', 'de', 'fr']) {
        await tab.evaluate(`{ const language = '${language}'; ${textControl[player].choose} }`)
        // Shaka loses a track's init segment where a jump comes while it loads it.
        if (player.startsWith('shaka'))
          await tab.waitForFunction('s.getBufferedInfo().text.length > 0', undefined, { timeout: patience })
        for (const number of [3, 9]) {
          const at = first + (number - 1) * segmentSeconds
          await tab.evaluate(`v.currentTime = ${at + 1}`)
          const wanted = `${shownTexts} === 'line ${number}'`
          await tab
            .waitForFunction(wanted, undefined, { timeout: patience / 4 })
            .catch(async () =>
              expect(`${language} ${await tab.evaluate<string>(shownTexts)}`).toBe(`line ${number}`),
            )
          await tab.evaluate(`v.currentTime = ${at + 0.2}`)
          await tab.waitForFunction(`${shownTexts} === ''`, undefined, { timeout: patience / 4 })
        }
      }
      expect(await tab.evaluate('errors')).toEqual([])
      await tab.close()
    })
  },
)
