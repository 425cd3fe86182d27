/** The console in Firefox: each of its players plays a film with subtitles, and none breaks the page's policy. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { type FirefoxStage, firefoxMissing, launchFirefox } from '../firefox.ts'
import { turningFilm } from '../late-licences.ts'
import { openSealedFilms, type SealedFilms } from '../sealed-films.ts'

const missing = firefoxMissing ?? ffmpegMissing
let films: SealedFilms
let firefox: FirefoxStage

beforeAll(async () => {
  if (missing !== undefined) return
  ;[films, firefox] = await Promise.all([openSealedFilms(), launchFirefox()])
  const cue = 'WEBVTT\n\n00:00:00.500 --> 00:00:40.000\nGood morning\n'
  await films.house.upload('vod/spoken/en.vtt', Buffer.from(cue))
  await films.film('spoken', readFileSync(turningFilm(45)), 'none', ['en.vtt'])
})
afterAll(async () => {
  await firefox?.close()
  await films?.house.stop()
})

/** Kept from before the page's first line on. */
const watching = `window.violations = []
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    violations.push(violatedDirective + ' ' + blockedURI.slice(0, 80)), true)`

const panes = "[...document.querySelectorAll('[data-player]')]"
const haveMoved = `${panes}.length === 3 && ${panes}.every((pane) => pane.querySelector('video').currentTime > 1)`
/** As a viewer does in the browser's menu; whether all of them have the words up. */
const haveWords = `${panes}.map((pane) => [...pane.querySelector('video').textTracks]).every((tracks) => {
  for (const track of tracks) if (track.mode !== 'showing') track.mode = 'showing'
  return tracks.some(({ activeCues }) => [...(activeCues ?? [])].some(({ text }) => /Good morning/.test(text)))
})`

describe.skipIf(missing !== undefined)(`the console in Firefox${missing ? ` (${missing})` : ''}`, () => {
  it('plays a film with subtitles in three players, within its policy', { timeout: 150_000 }, async () => {
    const tab = await firefox.newPage(watching)
    const { ConsoleUrl: url, OperatorToken: token } = films.house.outputs
    await tab.goto(`${url}/#token=${token}`)
    await tab.waitForFunction("location.hash === '#/' || location.hash === ''", undefined, {
      timeout: 60_000,
    })
    await tab.evaluate("location.hash = '#/assets/spoken'")
    for (const what of [haveMoved, haveWords])
      await tab
        .waitForFunction(what, undefined, { timeout: 40_000 })
        .catch(async () => expect.fail(await tab.evaluate<string>('document.body.innerText')))
    expect(
      await tab.evaluate(`${panes}.flatMap((pane) => pane.querySelector('.fatal')?.textContent ?? [])`),
    ).toEqual([])
    expect(await tab.evaluate('violations')).toEqual([])
    await tab.close()
  })
})
