/** A channel whose keys change every ten seconds, in every player: at its live edge, and from its beginning. */
import type { Server } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { segmentSeconds, writtenBy } from '../channels/feeds.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { askApi } from '../house/operator-api.ts'
import { browserMissing, launch } from './chromium.ts'
import { type Player, play, playerPages } from './player.ts'

const missing = browserMissing ?? ffmpegMissing
/** Sent at once, so that players have something to begin with; the rest comes as an encoder sends it. */
const atOnce = 10
const segments = 32

let house: InProcess
let browser: Browser
let pages: { readonly url: string; readonly server: Server }
let sent: Promise<void>
const over = new AbortController()

async function api(method: string, path: string, body: object): Promise<Record<string, string>> {
  const response = await askApi(house, method, path, body)
  expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true)
  return (await response.json()) as Record<string, string>
}

beforeAll(async () => {
  if (missing !== undefined) return
  ;[house, browser, pages] = await Promise.all([startInProcess(), launch(), playerPages()])
  await api('PUT', '/v1/channels/news/protection', {
    mode: 'encrypted',
    schemes: ['cenc', 'cbcs'],
    systems: ['clearkey'],
    keys: 'perType',
    rotationSeconds: 10,
  })
  await api('PUT', '/v1/channels/news', { name: 'News', segmentSeconds })
  const feed = writtenBy('ts', segments * segmentSeconds)
  const send = async (from: number, to: number) => {
    for (const { path, bytes } of feed.slice(from, to)) await house.upload(`live/news/${path}`, bytes)
  }
  await send(0, atOnce)
  sent = (async () => {
    for (let i = atOnce; i < segments && !over.signal.aborted; i++) {
      await new Promise((resolve) => setTimeout(resolve, segmentSeconds * 1000))
      await send(i, i + 1)
    }
  })()
})
afterAll(async () => {
  over.abort()
  await sent
  await browser?.close()
  pages?.server.close()
  await house?.stop()
})

interface Want {
  readonly player: Player
  readonly ending: string
}

async function seen({ player, ending }: Want) {
  const [session, { token }] = await Promise.all([
    api('POST', '/v1/sessions', { content: 'live/news', ttlSeconds: 600 }),
    api('POST', '/v1/tokens', { content: 'live/news', account: 'viewer' }),
  ])
  const url = session['hls']?.replace('index.m3u8', ending) ?? ''
  await vi.waitFor(async () => expect((await fetch(url)).status).toBe(200), {
    timeout: 30_000,
    interval: 300,
  })
  return play({
    browser,
    pages: pages.url,
    player,
    url,
    drm: { licenceUrl: `${house.outputs['LicenceUrl']}/clearkey`, token: token ?? '', kids: [] },
    patienceMs: 70_000,
    // Two changes of keys at least.
    untilFrames: 24 * 25,
  })
}

const back = (): string => `start=${Math.floor(Date.now() / 1000) - 600}`

describe
  .skipIf(missing !== undefined)
  .concurrent(`a protected channel${missing ? ` (${missing})` : ''}`, { timeout: 120_000 }, () => {
    it.each([
      ['hls.js', 'at its live edge', (): string => 'index.m3u8'],
      ['shaka-hls', 'from its beginning', (): string => `index.m3u8?keyformat=identity&${back()}`],
      ['shaka-dash', 'at its live edge', (): string => 'index.mpd'],
      ['dash.js', 'from its beginning', (): string => `index.mpd?${back()}`],
    ] as const)('plays in %s %s over changes of its keys', async (player, _where, ending) => {
      const { errors, frames, audioBytes } = await seen({ player, ending: ending() })
      expect(errors).toEqual([])
      expect(frames).toBeGreaterThanOrEqual(24 * 25)
      expect(audioBytes).toBeGreaterThan(50_000)
    })
  })
