/** Captions inside the pictures of a real film, in players under real Chromium: offered by their languages, and read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vodPresentation } from '../../lib/delivery/index.ts'
import type { Timeline } from '../../lib/timeline/timeline.ts'
import { openTheatre, type Theatre } from '../delivery/theatre.ts'
import { corpus, corpusMissing } from '../judges/corpus.ts'
import { browserMissing, launch } from './chromium.ts'
import { type Player, playerPages } from './player.ts'

const missing = browserMissing ?? corpusMissing
const folder = join(corpus, 'media/cmaf/V300_with_cc1_and_cc3')

let browser: Browser
let theatre: Theatre
let pages: { readonly url: string; readonly server: Server }
let temporary: string
let film: Timeline

beforeAll(async () => {
  if (missing !== undefined) return
  ;[browser, theatre, pages] = await Promise.all([launch(), openTheatre(), playerPages()])
  temporary = mkdtempSync(join(tmpdir(), 'captions-'))
  const path = join(temporary, 'film.mp4')
  const names = ['init.mp4', '1.m4s', '2.m4s', '3.m4s', '4.m4s']
  writeFileSync(path, Buffer.concat(names.map((name) => readFileSync(join(folder, name)))))
  film = await theatre.show(path, 'vod/captions')
  theatre.programme('vod/captions', () => vodPresentation({ ...film, tracks: film.tracks.map(named) }))
})
afterAll(async () => {
  await browser?.close()
  theatre?.close()
  pages?.server.close()
  if (temporary) rmSync(temporary, { recursive: true })
})

/** As asset.json would name what was found. */
const named = (track: Timeline['tracks'][number]): Timeline['tracks'][number] => ({
  ...track,
  ...(track.captions && {
    captions: track.captions.map(({ id }) => ({ id, language: id === 'CC1' ? 'en' : 'sv' })),
  }),
})

/** What a player offers, and how it is asked for the first. */
const players: Readonly<Record<Player, { readonly offered: string; readonly choose: string }>> = {
  'hls.js': {
    offered: `[...v.textTracks].filter((t) => t.kind === 'captions').map((t) => t.language)`,
    choose: `[...v.textTracks].find((t) => t.language === 'en').mode = 'hidden'`,
  },
  'shaka-hls': {
    offered: `s.getTextTracks().map((t) => t.language)`,
    choose: `s.selectTextTrack(s.getTextTracks().find((t) => t.language === 'en'))`,
  },
  'shaka-dash': {
    offered: `s.getTextTracks().map((t) => t.language)`,
    choose: `s.selectTextTrack(s.getTextTracks().find((t) => t.language === 'en'))`,
  },
  'dash.js': {
    offered: `d.getTracksFor('text').map((t) => t.lang)`,
    choose: `d.enableText(true)`,
  },
}

describe.skipIf(missing !== undefined)(`captions in pictures ${missing ?? ''}`, () => {
  it('are found', () => {
    expect(film.tracks[0]?.captions).toEqual([{ id: 'CC1' }, { id: 'CC3' }])
  })

  it.concurrent.each(Object.keys(players) as Player[])('are offered and read by %s', async (player) => {
    const { offered, choose } = players[player]
    const tab = await browser.newPage()
    try {
      const ending = player === 'hls.js' || player === 'shaka-hls' ? 'm3u8' : 'mpd'
      const url = `${theatre.url}/vod/captions/index.${ending}`
      await tab.goto(`${pages.url}/?player=${player}&url=${encodeURIComponent(url)}`)
      await tab.waitForFunction(`errors.length > 0 || (v.currentTime > 0.2 && ${offered}.length > 1)`)
      expect(await tab.evaluate('errors')).toEqual([])
      expect(await tab.evaluate<string[]>(`${offered}.toSorted()`)).toEqual(['en', 'sv'])
      await tab.evaluate(choose)
      const cues = `[...v.textTracks].flatMap((t) => [...(t.cues ?? [])].map((cue) => cue.text))`
      await tab.waitForFunction(`errors.length > 0 || ${cues}.length > 0`)
      expect(await tab.evaluate('errors')).toEqual([])
      expect((await tab.evaluate<string[]>(cues)).join()).not.toBe('')
    } finally {
      await tab.close()
    }
  })
})
