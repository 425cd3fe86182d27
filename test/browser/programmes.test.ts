/** Programmes of channels as films, in every player: with their breaks left out or replaced, clear and protected, to their ends. */
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { breakFeed, breakSeconds } from '../channels/cues/break-feed.ts'
import { segmentSeconds, type Written } from '../channels/feeds.ts'
import { ffmpegFilm, ffmpegMissing } from '../house/ffmpeg.ts'
import { browserMissing, launch } from './chromium.ts'
import { playOut } from './play-out.ts'
import { type Player, playerPages, players } from './player.ts'
import { endingOf, openSealedFilms, type SealedFilms } from './sealed-films.ts'

const missing = browserMissing ?? ffmpegMissing
const feedSeconds = 24
const spot = `-f lavfi -i testsrc2=size=128x72:rate=25:duration=4 -f lavfi -i sine=frequency=880:sample_rate=48000:duration=4 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0 -c:a aac -b:a 64k`
const keys = {
  mode: 'encrypted',
  schemes: ['cenc', 'cbcs'],
  systems: ['clearkey'],
  keys: 'perType',
  rotationSeconds: 10,
}
// Where a cue comes late, its segment is not cut at it.
const channels = ['clear', 'sealed', 'late'] as const
type Channel = (typeof channels)[number]

let headend: SealedFilms
let sent: Promise<void> | undefined
let browser: Browser
let pages: { readonly url: string; readonly server: Server }

beforeAll(async () => {
  if (missing !== undefined) return
  ;[headend, browser, pages] = await Promise.all([openSealedFilms(), launch(), playerPages()])
  await headend.film('spot', readFileSync(ffmpegFilm(spot)), 'none')
  for (const channel of channels) {
    const { feed } = await breakFeed('avc', channel === 'late')
    if (channel === 'sealed') await headend.api('PUT', `/v1/channels/${channel}/protection`, keys)
    await headend.api('PUT', `/v1/channels/${channel}`, { name: channel, segmentSeconds })
    await send(channel, feed)
    await vi.waitFor(() => storeProgrammes(channel), { timeout: 30_000, interval: 500 })
  }
})
afterAll(async () => {
  await sent
  await browser?.close()
  pages?.server.close()
  await headend?.house.stop()
})

/** Sends objects one behind the other: a segment that is taken before its cue has come is not cut at it. */
async function send(channel: string, objects: readonly Written[]): Promise<void> {
  for (const [i, { path, bytes }] of objects.entries()) {
    await headend.house.upload(`live/${channel}/${path}`, bytes)
    // Two are not shown yet.
    if (i < 2) continue
    await vi.waitFor(
      async () => {
        const { since, through } = (await headend.api('GET', `/v1/channels/${channel}/timeline`)) as {
          since: string
          through: string
        }
        const seconds = (Date.parse(through) - Date.parse(since)) / 1000
        expect(seconds).toBeGreaterThan((i + 1) * segmentSeconds - 0.1)
      },
      { timeout: 30_000, interval: 100 },
    )
  }
}

/** Sends a channel as its encoder would, its first ten seconds at once; the programme is stored as it begins. */
async function grow(): Promise<void> {
  const { feed } = await breakFeed()
  await headend.api('PUT', '/v1/channels/growing', { name: 'growing', segmentSeconds })
  await send('growing', feed.slice(0, 5))
  await vi.waitFor(
    async () => {
      const { since } = (await headend.api('GET', '/v1/channels/growing/timeline')) as { since: string }
      const to = new Date(Date.parse(since) + feedSeconds * 1000).toISOString()
      await headend.api('PUT', '/v1/channels/growing/programmes/evening', {
        from: since,
        to,
        breaks: 'remove',
      })
    },
    { timeout: 30_000, interval: 500 },
  )
  sent = (async () => {
    for (const one of feed.slice(5)) {
      await new Promise((resolve) => setTimeout(resolve, segmentSeconds * 1000))
      await headend.house.upload(`live/growing/${one.path}`, one.bytes)
    }
  })()
}

/** Stores both as soon as the whole feed is published. */
async function storeProgrammes(channel: Channel): Promise<void> {
  const { since, through } = (await headend.api('GET', `/v1/channels/${channel}/timeline`)) as {
    since: string
    through: string
  }
  expect(Date.parse(through) - Date.parse(since)).toBeGreaterThan((feedSeconds - 0.1) * 1000)
  const clip = { channel, from: since, to: through }
  const put = (name: string, how: object) =>
    headend.api('PUT', `/v1/presentations/${channel}-${name}`, { clips: [{ ...clip, ...how }] })
  await put('kept', { breaks: 'keep' })
  await put('removed', { breaks: 'remove' })
  await put('replaced', { breaks: 'replace', replacements: ['spot'] })
}

const { out, back } = breakSeconds
const left = feedSeconds - (back - out)
const lengths = { kept: feedSeconds, removed: left, replaced: left + 4 }
const cases: readonly (readonly [Channel, keyof typeof lengths, Player])[] = [
  // Audio that begins and ends a frame before the video.
  ['clear', 'kept', 'shaka-hls'],
  ...players.map((player) => ['clear', 'removed', player] as const),
  ['clear', 'replaced', 'hls.js'],
  ['clear', 'replaced', 'shaka-dash'],
  ...players.map((player) => ['late', 'removed', player] as const),
  ['sealed', 'removed', 'hls.js'],
  ['sealed', 'removed', 'shaka-dash'],
  ['sealed', 'replaced', 'shaka-hls'],
  ['sealed', 'replaced', 'dash.js'],
]
/** dash.js gives up requests at the end of a Period, and asks for what it needs anew. */
const isGivenUp = (refusal: string): boolean => refusal.startsWith('net::ERR_ABORTED ')

describe.skipIf(missing !== undefined)(
  `a programme${missing ? ` (${missing})` : ''}`,
  { timeout: 120_000 },
  () => {
    it.concurrent.each(cases)(
      'that is %s, its break %s, plays to its end in %s',
      async (channel, name, player) => {
        const content = `presentations/${channel}-${name}`
        const { hls } = (await headend.api('POST', '/v1/sessions', { content, ttlSeconds: 600 })) as {
          hls: string
        }
        const { token } = (await headend.api('POST', '/v1/tokens', { content, account: 'a' })) as {
          token: string
        }
        const ending = endingOf(player, 'cenc')
        const played = await playOut({
          browser,
          pages: pages.url,
          player,
          url: hls.replace('m3u8', channel === 'clear' ? ending.replace(/\?.*/, '') : ending),
          ...(channel === 'sealed' && {
            drm: { licenceUrl: `${headend.house.outputs['LicenceUrl']}/clearkey`, token, kids: [] },
          }),
          rate: 4,
          patienceMs: 60_000,
        })
        expect([played.errors, played.refused.filter((one) => !isGivenUp(one))]).toEqual([[], []])
        expect(played.ended).toBe(true)
        // What lies in one segment with a break is left out with it.
        const lost = channel === 'late' ? out % segmentSeconds : 0
        expect(Math.abs(played.duration - (lengths[name] - lost))).toBeLessThan(0.1)
      },
    )

    it('plays as it grows, and to its end, in every player', async () => {
      await grow()
      const url = `${headend.house.outputs['PlaybackUrl']}/presentations/growing.evening/index.`
      const played = await Promise.all(
        players.map((player) =>
          playOut({
            browser,
            pages: pages.url,
            player,
            url: url + endingOf(player, 'cenc').replace(/\?.*/, ''),
            patienceMs: 90_000,
          }),
        ),
      )
      expect(played.map(({ player, errors }) => [player, ...errors])).toEqual(players.map((one) => [one]))
      expect(played.map(({ player, ended }) => [player, ended])).toEqual(players.map((one) => [one, true]))
    })
  },
)
