/**
 * A film that flashes, beeps and says so at once, in every player: all three come together. H.264 in a real Chromium,
 * HEVC, which that does not have, in a real Firefox.
 */
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { flashFilms } from '../house/films/flash-films.ts'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { askApi } from '../house/operator-api.ts'
import { flashesAndBeeps, pictureDelays } from '../judges/media/lip-sync.ts'
import { browserMissing, launch } from './chromium.ts'
import { firefoxMissing, launchFirefox } from './firefox.ts'
import { type Appended, appendedOf, onThePage, watching } from './lip-sync.ts'
import { type Drm, type Player, playerPages, players, type Tab } from './player.ts'
import { textControl } from './text-control.ts'

/** Lips and words are together to anybody. */
const maxSeconds = 0.01
const patience = 60_000

let house: InProcess
let pages: { readonly url: string; readonly server: Server }

/**
 * The plainest film of each codec, and where it is played. Firefox has no Clear Key for HEVC, and now and then draws the
 * picture before the one it says it shows.
 */
const codecs = [
  {
    codec: 'AVC',
    film: 'AVC with B pictures',
    how: ['clear', 'sealed'],
    drawnLateSeconds: 0,
    missing: browserMissing ?? ffmpegMissing,
    start: startChromium,
  },
  {
    codec: 'HEVC',
    film: 'HEVC with B pictures',
    how: ['clear'],
    drawnLateSeconds: 0.04,
    missing: firefoxMissing ?? ffmpegMissing,
    start: launchFirefox,
  },
] as const
type Codec = (typeof codecs)[number]

/** A browser whose pages are told something before their own scripts. */
interface Stage {
  newPage(first: string): Promise<Tab>
  close(): Promise<void>
}

async function startChromium(): Promise<Stage> {
  const browser = await launch()
  return {
    async newPage(first) {
      const page = await browser.newPage()
      await page.addInitScript(first)
      return page
    },
    close: () => browser.close(),
  }
}

const policy = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey'] }

beforeAll(async () => {
  if (ffmpegMissing !== undefined) return
  ;[house, pages] = await Promise.all([startInProcess(), playerPages()])
  for (const { codec, film: name, how } of codecs)
    for (const one of how)
      await film(`${one}-${codec}`, flashFile(name), one === 'sealed' ? policy : undefined)
}, 2 * patience)
afterAll(async () => {
  pages?.server.close()
  await house?.stop()
})

function flashFile(name: string): string {
  const file = flashFilms.find((one) => one.name === name)?.files()[0]?.file
  return typeof file === 'string' ? file : expect.fail(`no film "${name}"`)
}

/** With a subtitle at each flash. */
const texts = `WEBVTT\n${[2, 4, 6, 8].map((at) => `\n00:00:0${at}.000 --> 00:00:0${at}.500\nFlash\n`).join('')}`

async function film(id: string, file: string, protection?: object): Promise<void> {
  await house.upload(`vod/${id}/film.mp4`, readFileSync(file))
  await house.upload(`vod/${id}/en.vtt`, Buffer.from(texts))
  const files = ['film.mp4', 'en.vtt']
  await house.upload(`vod/${id}/asset.json`, Buffer.from(JSON.stringify({ title: id, files, protection })))
  // A subtitle whose event comes before its film's has none yet, so a failure is not the end.
  while (((await api('GET', `/v1/assets/${id}`)) as { state?: string }).state !== 'ready') await sleep(100)
}

const api = async (method: string, path: string, body?: object): Promise<unknown> =>
  (await askApi(house, method, path, body)).json()

/** What a player needs for a licence. */
async function drmOf(id: string): Promise<Drm> {
  const { token } = (await api('POST', '/v1/tokens', { content: `vod/${id}`, account: 'a' })) as {
    token: string
  }
  return { licenceUrl: `${house.outputs['LicenceUrl']}/clearkey`, token, kids: [] }
}

/** The one key of a film, in hex, as a player gets it. */
async function keyOf(id: string): Promise<string> {
  const { keys } = (await api('GET', `/v1/assets/${id}/protection/keys`)) as { keys: { kid: string }[] }
  const kids = keys.map(({ kid }) => Buffer.from(kid, 'hex').toString('base64url'))
  const { licenceUrl, token } = await drmOf(id)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ kids, type: 'temporary' })
  const response = await fetch(licenceUrl, { method: 'POST', headers, body })
  const licence = (await response.json()) as { keys: { k: string }[] }
  return Buffer.from(licence.keys[0]?.k ?? '', 'base64url').toString('hex')
}

async function open(stage: Stage, player: Player, id: string, isSealed: boolean): Promise<Tab> {
  const { hls } = (await api('POST', '/v1/sessions', { content: `vod/${id}`, ttlSeconds: 600 })) as {
    hls: string
  }
  const isDash = player === 'shaka-dash' || player === 'dash.js'
  const url = new URL(isDash ? hls.replace('index.m3u8', 'index.mpd') : hls)
  if (player === 'shaka-hls' && isSealed) url.searchParams.set('keyformat', 'identity')
  const asked = new URLSearchParams({ player, url: url.href })
  if (isSealed) asked.set('drm', JSON.stringify(await drmOf(id)))
  const tab = await stage.newPage(watching)
  await tab.goto(`${pages.url}/?${asked.toString()}`)
  return tab
}

describe.each(codecs)('flash and beep in $codec', (codec: Codec) => {
  const { film: name, missing, start, drawnLateSeconds } = codec
  let stage: Stage
  beforeAll(async () => {
    if (missing === undefined) stage = await start()
  })
  afterAll(() => stage?.close())

  const cases = codec.how.flatMap((how) => players.map((player) => [player, how] as const))
  it.skipIf(missing !== undefined).each(cases)(
    `come together in %s, %s${missing ? ` (${missing})` : ''}`,
    { timeout: 3 * patience },
    async (player, how) => {
      const isSealed = how === 'sealed'
      const id = `${how}-${codec.codec}`
      const tab = await open(stage, player, id, isSealed)
      await tab.waitForFunction('v.currentTime > 0.2 || errors.length > 0', undefined, { timeout: patience })
      await tab.evaluate(`{ const language = 'en'; ${textControl[player].choose} }`)
      // What is protected shows no page what it shows.
      const until = isSealed ? 'v.currentTime > 9' : 'flashes.length >= 4'
      await tab.waitForFunction(`${until} || errors.length > 0 || v.ended`, undefined, { timeout: patience })
      expect(await tab.evaluate('errors')).toEqual([])
      const source = flashFile(name)
      const decryptionKey = isSealed ? await keyOf(id) : undefined
      const told = await flashesAndBeeps(source)
      const placed = async (kind: 'video' | 'audio', seconds: readonly number[]): Promise<number[]> => {
        const pieces = await tab.evaluate<Appended[]>(appendedOf(kind))
        return onThePage(seconds, { kind, source, pieces, decryptionKey })
      }
      const beeps = await placed('audio', told.beeps)
      const flashes = await placed('video', told.flashes)
      const seen = await tab.evaluate<number[]>('flashes')
      const cues = await tab.evaluate<number[]>(cueStarts)
      await tab.close()
      expect(flashes.length).toBeGreaterThan(3)
      for (const delay of pictureDelays({ flashes, beeps })) expect(Math.abs(delay)).toBeLessThan(maxSeconds)
      if (!isSealed) expect(seen.length).toBeGreaterThan(3)
      expect(cues.length).toBeGreaterThan(1)
      const late = seen.map((one) => nearest(flashes, one))
      if (!isSealed) expect(Math.min(...late)).toBeLessThan(maxSeconds)
      for (const seconds of late) expect(seconds).toBeLessThan(maxSeconds + drawnLateSeconds)
      for (const one of cues) expect(nearest(flashes, one)).toBeLessThan(maxSeconds)
    },
  )
})

const cueStarts =
  '[...v.textTracks].flatMap((one) => [...(one.cues ?? [])].map(({ startTime }) => startTime))'

const nearest = (times: readonly number[], one: number): number =>
  Math.min(...times.map((time) => Math.abs(time - one)))
