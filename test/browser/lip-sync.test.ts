/** A film that flashes, beeps and says so at once, in every player in real Chromium: all three come together. */
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { flashFilms } from '../house/flash-films.ts'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { askApi } from '../house/operator-api.ts'
import { flashesAndBeeps, pictureDelays } from '../judges/lip-sync.ts'
import { browserMissing, launch } from './chromium.ts'
import { type Appended, appendedOf, onThePage, watching } from './lip-sync.ts'
import { type Drm, type Player, playerPages, players } from './player.ts'

/** Lips and words are together to anybody. */
const mostSeconds = 0.01
const patience = 60_000
const missing = browserMissing ?? ffmpegMissing

let house: InProcess
let browser: Browser
let pages: { readonly url: string; readonly server: Server }

beforeAll(async () => {
  if (missing !== undefined) return
  ;[house, browser, pages] = await Promise.all([startInProcess(), launch(), playerPages()])
  await film('clear')
  await film('sealed', { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey'] })
}, 2 * patience)
afterAll(async () => {
  await browser?.close()
  pages?.server.close()
  await house?.stop()
})

/** The plainest of the films. */
function flashFile(): string {
  const file = flashFilms[0]?.files()[0]?.file
  return typeof file === 'string' ? file : expect.fail('no film')
}

/** With a subtitle at each flash. */
const texts = `WEBVTT\n${[2, 4, 6, 8].map((at) => `\n00:00:0${at}.000 --> 00:00:0${at}.500\nFlash\n`).join('')}`

async function film(id: string, protection?: object): Promise<void> {
  await house.upload(`vod/${id}/film.mp4`, readFileSync(flashFile()))
  await house.upload(`vod/${id}/en.vtt`, Buffer.from(texts))
  const files = ['film.mp4', 'en.vtt']
  await house.upload(`vod/${id}/asset.json`, Buffer.from(JSON.stringify({ title: id, files, protection })))
  for (;;) {
    const { state, error } = (await api('GET', `/v1/assets/${id}`)) as { state?: string; error?: object }
    if (error && state === 'failed') expect.fail(JSON.stringify(error))
    if (state === 'ready') return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
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

async function open(player: Player, id: 'clear' | 'sealed'): Promise<Page> {
  const { hls } = (await api('POST', '/v1/sessions', { content: `vod/${id}`, ttlSeconds: 600 })) as {
    hls: string
  }
  const isDash = player === 'shaka-dash' || player === 'dash.js'
  const url = new URL(isDash ? hls.replace('index.m3u8', 'index.mpd') : hls)
  if (player === 'shaka-hls' && id === 'sealed') url.searchParams.set('keyformat', 'identity')
  const asked = new URLSearchParams({ player, url: url.href })
  if (id === 'sealed') asked.set('drm', JSON.stringify(await drmOf(id)))
  const tab = await browser.newPage()
  await tab.addInitScript(watching)
  await tab.goto(`${pages.url}/?${asked.toString()}`)
  return tab
}

const cases = (['clear', 'sealed'] as const).flatMap((id) => players.map((player) => [player, id] as const))

describe.skipIf(missing !== undefined)(`flash and beep${missing ? ` (${missing})` : ''}`, () => {
  it.each(cases)('come together in %s, %s', { timeout: 3 * patience }, async (player, id) => {
    const tab = await open(player, id)
    // What is protected shows no page what it shows.
    const until = id === 'clear' ? 'flashes.length >= 4' : 'v.currentTime > 9'
    await tab.waitForFunction(`${until} || errors.length > 0 || v.ended`, undefined, { timeout: patience })
    expect(await tab.evaluate('errors')).toEqual([])
    const source = flashFile()
    const decryptionKey = id === 'sealed' ? await keyOf(id) : undefined
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
    for (const delay of pictureDelays({ flashes, beeps })) expect(Math.abs(delay)).toBeLessThan(mostSeconds)
    if (id === 'clear') expect(seen.length).toBeGreaterThan(3)
    for (const one of [...seen, ...cues]) expect(nearest(flashes, one)).toBeLessThan(mostSeconds)
  })
})

const cueStarts =
  '[...v.textTracks].flatMap((one) => [...(one.cues ?? [])].map(({ startTime }) => startTime))'

const nearest = (times: readonly number[], one: number): number =>
  Math.min(...times.map((time) => Math.abs(time - one)))
