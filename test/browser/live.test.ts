/**
 * A channel through the whole headend: FFmpeg's transport streams with a break into the bucket, its queue, the function with its own grants,
 * CloudFront; played at its live edge, over a lost segment and from further back, in real Chromium.
 */
import type { Server } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { breakFeed } from '../channels/cues/break-feed.ts'
import { playlistOf } from '../channels/cues/manifest-feed.ts'
import { numberOf, segmentSeconds, type Written } from '../channels/feeds.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { askApi } from '../house/operator-api.ts'
import { browserMissing, launch } from './chromium.ts'
import { play, playerPages, players } from './player.ts'

let house: InProcess
let browser: Browser
let feed: readonly Written[]
let pages: { readonly url: string; readonly server: Server }
const missing = browserMissing ?? (ffmpegMissing === undefined ? undefined : 'skipped: no ffmpeg')

const lost = 5
const isLost = ({ path }: Written): boolean => numberOf(path) === lost

beforeAll(async () => {
  if (missing !== undefined) return
  ;[house, browser, pages] = await Promise.all([startInProcess(), launch(), playerPages()])
  await askApi(house, 'PUT', '/v1/channels/news', {
    name: 'News',
    segmentSeconds,
    adMarkers: 'both',
  })
  // Its 24 s come within a few: encoders that begin anew may be 30 s off the wall clock.
  ;({ feed } = await breakFeed())
  for (const written of feed.filter((one) => !isLost(one)))
    await house.upload(`live/news/${written.path}`, written.bytes)
})
afterAll(async () => {
  await browser?.close()
  pages?.server.close()
  await house?.stop()
})

const manifest = async (path: string): Promise<string> => {
  const response = await fetch(`${house.outputs['PlaybackUrl']}/live/news/${path}`)
  const text = await response.text()
  return response.ok ? text : ''
}

/** The first audio playlist, as players find it. */
async function audioPlaylist(query = ''): Promise<string> {
  const [, uri = ''] = /URI="([^"]+audio[^"]*)"/.exec(await manifest(`index.m3u8${query}`)) ?? []
  return uri === '' ? '' : manifest(uri)
}

describe.skipIf(missing !== undefined)(`a channel${missing ? ` (${missing})` : ''}`, () => {
  it('shows what has come of it within seconds, a lost segment as a gap', async () => {
    await expect.poll(async () => (await audioPlaylist()).match(/#EXTINF/g)?.length ?? 0).toBeGreaterThan(8)
    expect(await audioPlaylist()).toContain('#EXT-X-GAP')
    expect(await audioPlaylist()).not.toContain('#EXT-X-DISCONTINUITY\n')
    expect(await audioPlaylist()).toContain('SCTE35-IN=')
    expect(house.failures).toEqual([])
  })

  it('names a clock that no cache lies before', async () => {
    const clock = async () =>
      /"urn:mpeg:dash:utc:http-iso:2014" value="([^"]+)"/.exec(await manifest('index.mpd'))?.[1] ?? ''
    await expect.poll(clock).toBe(`${house.outputs['PlaybackUrl']}/time`)
    const tell = async () => Date.parse(await (await fetch(await clock())).text())
    const [one, other] = [await tell(), await tell()]
    expect(other).toBeGreaterThan(one)
  })

  it('tells a break of its playlist, once it has come, in all ways that its operator asked for', async () => {
    const paths = feed.map(({ path }) => path)
    const tags = { 9: '#EXT-X-CUE-OUT:2', 10: '#EXT-X-CUE-IN' }
    await house.upload('live/news/out.m3u8', Buffer.from(playlistOf(paths, tags)))
    await expect.poll(async () => (await audioPlaylist()).match(/SCTE35-OUT=/g)?.length ?? 0).toBe(2)
    const text = await audioPlaylist()
    expect(text.match(/#EXT-X-CUE-OUT[:\n]/g)).toHaveLength(2)
    expect(text.match(/#EXT-X-CUE-IN/g)).toHaveLength(2)
    expect(house.failures).toEqual([])
  })

  it('starts over where it was asked to, not at its live edge', async () => {
    const start = Math.floor(Date.now() / 1000) - 600
    const url = `${house.outputs['PlaybackUrl']}/live/news/index.m3u8?start=${start}`
    const played = await Promise.all(
      (['hls.js', 'shaka-hls'] as const).map((player) =>
        play({ browser, pages: pages.url, player, url, untilFrames: 25 }),
      ),
    )
    for (const { errors, played: [[from = Number.NaN] = []] = [] } of played) {
      expect(errors).toEqual([])
      expect(from).toBeLessThan(2)
    }
  })

  it('is wound by its key frames', { timeout: 120_000 }, async () => {
    const text = await audioPlaylist(`?start=${Math.floor(Date.now() / 1000) - 600}`)
    const begin = Date.parse(/PROGRAM-DATE-TIME:(\S+)/.exec(text)?.[1] ?? '') / 1000
    const window = `start=${Math.floor(begin)}&end=${Math.floor(begin) + 22}`
    const url = `${house.outputs['PlaybackUrl']}/live/news/index.mpd?${window}`
    const tab = await browser.newPage()
    try {
      const answered: string[] = []
      tab.on('response', (response) => {
        if (response.ok()) answered.push(new URL(response.url()).pathname)
      })
      await tab.goto(`${pages.url}/?player=shaka-dash&url=${encodeURIComponent(url)}`)
      await tab.waitForFunction('v.currentTime > 0.2 || errors.length > 0')
      expect(answered.join()).not.toContain('video-1-trick')
      await tab.evaluate('s.trickPlay(8)')
      const wound = () => answered.filter((path) => /\/video-1-trick\/\d+\.0\.m4s$/.test(path)).length
      await expect.poll(wound, { timeout: 60_000 }).toBeGreaterThan(1)
      expect(await tab.evaluate('errors')).toEqual([])
    } finally {
      await tab.close()
    }
  })

  it('plays in all players, over the gap and a cut at the end of a break', async () => {
    const played = await Promise.all(
      players.map((player) => {
        const ending = player === 'shaka-dash' || player === 'dash.js' ? 'mpd' : 'm3u8'
        const url = `${house.outputs['PlaybackUrl']}/live/news/index.${ending}`
        return play({ browser, pages: pages.url, player, url, untilFrames: 100 })
      }),
    )
    for (const [i, { errors, frames, width }] of played.entries()) {
      expect(errors, players[i]).toEqual([])
      expect(frames, players[i]).toBeGreaterThanOrEqual(100)
      expect(width, players[i]).toBe(128)
    }
  })
})
