/** Films in several languages: without being told anything, each player begins in the default one. */
import type { Server } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ffmpegFilm, ffmpegMissing } from '../house/ffmpeg.ts'
import { openScreening, type Screening } from '../house/screening.ts'
import { browserMissing, launch } from './chromium.ts'
import { type Player, playerPages, players } from './player.ts'

let browser: Browser
let screening: Screening
let pages: { readonly url: string; readonly server: Server }

const missing = browserMissing ?? ffmpegMissing

beforeAll(async () => {
  if (missing !== undefined) return
  ;[browser, screening, pages] = await Promise.all([launch(), openScreening(), playerPages()])
})
afterAll(async () => {
  await browser?.close()
  screening?.close()
  pages?.server.close()
})

/** German first, then English, and French that costs most. */
const film =
  '-f lavfi -i testsrc2=size=320x180:rate=25:duration=6 -f lavfi -i sine=frequency=440:sample_rate=48000:duration=6 ' +
  '-map 0 -map 1 -map 1 -map 1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -c:a aac -b:a 48k -b:a:2 160k ' +
  '-metadata:s:a:0 language=deu -metadata:s:a:1 language=eng -metadata:s:a:2 language=fra'

const playing: Readonly<Record<Player, string>> = {
  'hls.js': 'h.audioTracks[h.audioTrack]?.lang',
  'shaka-hls': 's.getVariantTracks().find(({ active }) => active)?.language',
  'shaka-dash': 's.getVariantTracks().find(({ active }) => active)?.language',
  'dash.js': "d.getCurrentTrackFor('audio')?.lang",
}

async function languageIn(player: Player, query: string): Promise<string | undefined> {
  const { hls, dash } = await screening.show('film', [{ file: ffmpegFilm(film) }])
  const url = player === 'shaka-dash' || player === 'dash.js' ? dash : hls
  const tab = await browser.newPage()
  try {
    await tab.goto(`${pages.url}/?player=${player}&url=${encodeURIComponent(url + query)}`)
    await tab.waitForFunction('v.currentTime > 0.2 || errors.length > 0', undefined, { timeout: 60_000 })
    expect(await tab.evaluate('errors')).toEqual([])
    return await tab.evaluate<string | undefined>(playing[player])
  } finally {
    await tab.close()
  }
}

describe.skipIf(missing !== undefined)(`a film in three languages${missing ? ` (${missing})` : ''}`, () => {
  it.concurrent.each(players)('begins in its default in %s', async (player) => {
    expect(await languageIn(player, '')).toBe('de')
  })

  it.concurrent.each(players)('begins in the first language that a filter left in %s', async (player) => {
    expect(await languageIn(player, '?aws.manifestfilter=audio_language:en,fr')).toBe('en')
  })
})
