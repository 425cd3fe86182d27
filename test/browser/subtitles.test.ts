/** Subtitles of every kind in every player, in real Chromium: they are offered, and come up with the right words. */
import type { Server } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeStpp } from '../../lib/formats/isobmff/stpp.ts'
import { bytesSource, demoFilm, fileSource } from '../packaging/films/films.ts'
import { textHouse } from '../packaging/text/house.ts'
import { boxBytes, makeTexts } from '../packaging/text/make-texts.ts'
import { browserMissing, launch } from './chromium.ts'
import { type Player, playerPages, players } from './player.ts'
import { textControl } from './text-control.ts'

const webVtt = `WEBVTT

intro
00:00:01.000 --> 00:00:03.000
Good <i>morning</i>

long
00:00:05.000 --> 00:00:21.000 line:0
Over all cuts

00:00:19.000 --> 00:00:22.000
At the <b>same</b> time
`
const subRip = '1\n00:00:01,000 --> 00:00:03,000\nBom dia\n\n2\n00:00:19,000 --> 00:00:22,000\nTarde\n'

const ttml = (begin: string, end: string, text: string) =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xml:lang="fr"><head><layout><region xml:id="r1" tts:origin="10% 80%" tts:extent="80% 15%" tts:displayAlign="after" tts:textAlign="center"/></layout></head><body region="r1"><div><p begin="${begin}" end="${end}"><span>${text}</span></p></div></body></tt>`,
  )
/** Of 12 s each; the second one is shown over a cut at which a segment ends. */
const documents = makeTexts([
  {
    handler: 'subt',
    language: 'fra',
    entry: boxBytes((to) =>
      writeStpp(to, { namespace: 'http://www.w3.org/ns/ttml', schemaLocation: '', auxiliaryTypes: '' }),
    ),
    samples: [
      [ttml('00:00:01.000', '00:00:03.000', 'Bonjour'), 12_000],
      [ttml('00:00:13.000', '00:00:20.500', 'Encore'), 12_000],
    ],
  },
])

let browser: Browser
let pages: { readonly url: string; readonly server: Server }
let house: { readonly url: string; readonly server: Server }

beforeAll(async () => {
  if (browserMissing !== undefined) return
  const film = await textHouse(
    fileSource(demoFilm),
    [
      { name: 'en.vtt', body: webVtt },
      { name: 'pt-BR.srt', body: subRip },
    ],
    [bytesSource(documents)],
  )
  ;[browser, pages, house] = await Promise.all([launch(), playerPages(), film.serve()])
})
afterAll(async () => {
  await browser?.close()
  pages?.server.close()
  house?.server.close()
})

/** Texts on the screen; dash.js draws TTML itself. */
const shownTexts = `[...[...v.textTracks].filter((one) => one.mode === 'showing')
  .flatMap((one) => [...(one.activeCues ?? [])].flatMap((cue) => cue.text || [])),
  ...[...document.querySelectorAll('#captions > *')].flatMap((one) => one.textContent || [])]`

async function open(player: Player): Promise<Page> {
  const ending = player === 'shaka-dash' || player === 'dash.js' ? 'mpd' : 'm3u8'
  const tab = await browser.newPage()
  const url = encodeURIComponent(`${house.url}/vod/film/index.${ending}`)
  await tab.goto(`${pages.url}/?player=${player}&url=${url}`)
  await tab.waitForFunction('v.currentTime > 0.2 || errors.length > 0', undefined, { timeout: patience })
  // Slow enough to look at, and not paused: Shaka adds texts of HLS as it adds pictures.
  await tab.evaluate('v.playbackRate = 0.1')
  return tab
}

/** Nobody says how fast the machine is: only a test that fails takes so long. */
const patience = 60_000

async function jump(tab: Page, seconds: number): Promise<void> {
  await tab.evaluate(`v.currentTime = ${seconds}`)
  await tab.waitForFunction('!v.seeking && v.readyState > 1', undefined, { timeout: patience })
}

/** Shaka loses a track's init segment where a jump comes while it loads it. */
async function choose(tab: Page, player: Player, language: string): Promise<void> {
  await tab.evaluate(`{ const language = '${language}'; ${textControl[player].choose} }`)
  if (player.startsWith('shaka'))
    await tab.waitForFunction('s.getBufferedInfo().text.length > 0', undefined, { timeout: patience })
}

/** Waits until exactly these texts are on the screen; where they never are, says what was. */
async function expectTexts(tab: Page, ...wanted: readonly string[]): Promise<void> {
  const texts = `(${shownTexts}).map((text) => text.replace(/<[^>]*>/g, '')).sort().join('|')`
  const expected = wanted.toSorted().join('|')
  await tab
    .waitForFunction(`${texts} === ${JSON.stringify(expected)}`, undefined, { timeout: patience })
    .catch(async () => expect(await tab.evaluate(texts)).toBe(expected))
}

describe.skipIf(browserMissing !== undefined)(
  `subtitles${browserMissing ? ` (${browserMissing})` : ''}`,
  { timeout: 5 * patience },
  () => {
    it.concurrent.each(players)('are offered and shown in %s', async (player) => {
      const tab = await open(player)
      const languages = await tab.evaluate<string[]>(textControl[player].languages)
      expect(languages.toSorted()).toEqual(['en', 'fr', 'pt-BR'])
      await choose(tab, player, 'en')
      await jump(tab, 2)
      await expectTexts(tab, 'Good morning')
      await jump(tab, 11.5)
      await expectTexts(tab, 'Over all cuts')
      await jump(tab, 20)
      await expectTexts(tab, 'Over all cuts', 'At the same time')
      await choose(tab, player, 'pt-BR')
      await expectTexts(tab, 'Tarde')
      expect(await tab.evaluate('errors')).toEqual([])
      await tab.close()
    })

    it.concurrent.each(players)('as TTML come up in %s', async (player) => {
      const tab = await open(player)
      await choose(tab, player, 'fr')
      await jump(tab, 2)
      await expectTexts(tab, 'Bonjour')
      await jump(tab, 19)
      await expectTexts(tab, 'Encore')
      expect(await tab.evaluate('errors')).toEqual([])
      await tab.close()
    })
  },
)
