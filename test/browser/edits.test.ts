/** Films whose edit lists show a part of them begin and end where these say, in every player. */
import { existsSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { everyFilm } from '../house/films/every-film.ts'
import { openScreening, type Screened, type ScreenedFile, type Screening } from '../house/screening.ts'
import { corpus } from '../judges/corpus.ts'
import { browserMissing, type ChromiumStage, launchStage } from './chromium.ts'
import { type Player, play, playerPages, players } from './player.ts'

interface Part {
  readonly name: string
  readonly seconds: number
  readonly files: () => Promise<readonly ScreenedFile[]>
}

const folder = join(corpus, 'hunt/vod')
const ofCorpus = (name: string, seconds: number): Part => ({
  name,
  seconds,
  files: async () => [{ file: join(folder, name) }],
})
const amid = everyFilm.find(({ name }) => name === 'an edit that begins within a group')
const films: readonly Part[] = [
  ...(existsSync(folder)
    ? [
        ofCorpus('trimmed-end-half.mp4', 7),
        ofCorpus('trimmed-end-800ms.mp4', 13.2),
        ofCorpus('trimmed-both-ends.mp4', 5),
      ]
    : []),
  ...(amid && ffmpegMissing === undefined
    ? [{ name: amid.name, seconds: 10.7, files: () => amid.files() }]
    : []),
]

describe.skipIf(browserMissing !== undefined)('a film of which a part is shown', () => {
  let screening: Screening
  let pages: { readonly url: string; readonly server: Server }
  let browser: ChromiumStage
  beforeAll(async () => {
    ;[screening, pages, browser] = await Promise.all([openScreening(), playerPages(), launchStage()])
  })
  afterAll(async () => {
    await browser.close()
    screening.close()
    pages.server.close()
  })

  const cases = films.flatMap((film) => players.map((player) => ({ ...film, player })))
  const showings = new Map<string, Promise<Screened>>()
  const show = ({ name, files }: Part): Promise<Screened> => {
    const showing =
      showings.get(name) ?? files().then((some) => screening.show(name.replaceAll(/\W/g, '-'), some))
    showings.set(name, showing)
    return showing
  }

  it.concurrent.for(cases)(
    '$name ends in $player when its edit list does',
    { timeout: 3000 * patienceSeconds },
    async ({ player, ...film }) => {
      const { seconds } = film
      const { hls, dash } = await show(film)
      const url = urlFor(player, { hls, dash })
      const ended = await play({
        browser,
        pages: pages.url,
        player,
        url,
        seekTo: seconds - 1,
        patienceMs: patienceSeconds * 1000,
      })
      expect(ended.errors).toEqual([])
      expect(ended.ended).toBe(true)
      // A frame of sound, or a picture.
      expect(Math.abs(ended.duration - seconds)).toBeLessThan(0.04)
      expect(Math.abs(ended.currentTime - seconds)).toBeLessThan(0.04)
    },
  )
})

/** How long a player may stand still. */
const patienceSeconds = 40

const urlFor = (player: Player, { hls, dash }: { readonly hls: string; readonly dash: string }): string =>
  player === 'shaka-dash' || player === 'dash.js' ? dash : hls
