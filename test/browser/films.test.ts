/**
 * Every film in players: what the browser's codecs allow plays, over a place where something changes. HEVC, which
 * Chromium does not have, in Firefox. In CI each film plays in one player of HLS and one of DASH, in turn; in soak in all.
 */
import type { Server } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Timeline, Track } from '../../lib/timeline/timeline.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { corpusFilms } from '../house/films/corpus-films.ts'
import { type EveryFilm, everyFilm } from '../house/films/every-film.ts'
import { openScreening, type Screening } from '../house/screening.ts'
import { corpusMissing } from '../judges/corpus.ts'
import { readDash } from '../judges/read-manifests.ts'
import { browserMissing, launch } from './chromium.ts'
import { firefoxMissing, launchFirefox } from './firefox.ts'
import { isWhole } from './matrix.ts'
import { type Played, type Player, play, playerPages, players, type Stage } from './player.ts'

let screening: Screening
let pages: { readonly url: string; readonly server: Server }
beforeAll(async () => {
  ;[screening, pages] = await Promise.all([openScreening(), playerPages()])
})
afterAll(() => {
  screening.close()
  pages.server.close()
})

/** How long a player may stand still: they begin within seconds, and the test of one that does not is tried again. */
const patienceMs = 25_000

/** Films that leave as others do are read back byte for byte elsewhere. */
const films = everyFilm.filter(({ refused, leavesAs }) => refused === undefined && leavesAs === undefined)
const missing = (film: EveryFilm): string | undefined =>
  corpusFilms.includes(film) ? corpusMissing : ffmpegMissing

describe.skipIf(browserMissing !== undefined)(
  `in Chromium${browserMissing ? ` (${browserMissing})` : ''}`,
  () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await launch()
    })
    afterAll(() => browser.close())

    it.for(films)('$name', { timeout: 4 * patienceMs }, async (film, { skip, annotate }) => {
      skip(missing(film) !== undefined, missing(film))
      const { unknown, results } = await playEverywhere(film, browser)
      if (unknown.length > 0) await annotate(`Chromium has no ${unknown.join(', ')}`)
      for (const { played, track } of results) expectPlayed(played, track)
    })
  },
)

describe.skipIf(firefoxMissing !== undefined)(
  `in Firefox${firefoxMissing ? ` (${firefoxMissing})` : ''}`,
  () => {
    let browser: Awaited<ReturnType<typeof launchFirefox>>
    beforeAll(async () => {
      browser = await launchFirefox()
    })
    afterAll(() => browser.close())

    const hevc = films.filter(({ name }) => /HEVC|h265/.test(name))
    it.for(hevc)('$name', { timeout: 4 * patienceMs }, async (film, { skip }) => {
      skip(missing(film) !== undefined, missing(film))
      const { unknown, results } = await playEverywhere(film, browser)
      expect(unknown).toEqual([])
      for (const { played, track } of results) expectPlayed(played, track)
    })
  },
)

const pairs = [
  ['hls.js', 'shaka-dash'],
  ['shaka-hls', 'dash.js'],
  ['hls.js', 'dash.js'],
  ['shaka-hls', 'shaka-dash'],
] as const

const playersOf = (film: EveryFilm): readonly Player[] =>
  isWhole ? players : (pairs[everyFilm.indexOf(film) % pairs.length] ?? players)

interface Shown {
  readonly played: Played & { readonly player: string; readonly until: number }
  /** The first picture track, or sound where there is none. */
  readonly track: Track
}

/** A film in its players at once; in none where the browser knows no codec of its pictures, or none of its sound. */
async function playEverywhere(
  film: EveryFilm,
  browser: Stage,
): Promise<{ readonly unknown: readonly string[]; readonly results: readonly Shown[] }> {
  const {
    films: indexed,
    hls,
    dash,
  } = await screening.show(`film-${everyFilm.indexOf(film)}`, await film.files())
  const { timeline } = indexed
  const unknown = await unknownCodecs(browser, timeline)
  const playable = (type: Track['type']): boolean => {
    const tracks = timeline.tracks.filter((one) => one.type === type && !one.trickOf)
    return tracks.length === 0 || tracks.some(({ configs }) => !unknown.includes(configs[0]?.codec ?? ''))
  }
  const [track] = timeline.tracks
  if (!track || !playable('video') || !playable('audio')) return { unknown, results: [] }
  const at = film.unseekable === undefined ? await turnOf(timeline, dash) : 0.1
  const results = await Promise.all(
    playersOf(film).map(async (player) => {
      const url = player === 'shaka-dash' || player === 'dash.js' ? dash : hls
      const until = at + 0.6
      const played = await play({
        browser,
        pages: pages.url,
        player,
        url,
        untilSeconds: until,
        patienceMs,
        ...(at > 1.5 && { seekTo: at - 0.6 }),
      })
      return { played: { ...played, player, until }, track }
    }),
  )
  return { unknown, results }
}

/** Seconds where a track ends early, or a Period or at least a segment begins; a short film is played from its start. */
async function turnOf({ tracks }: Timeline, dash: string): Promise<number> {
  const ends = tracks
    .filter(({ type, trickOf }) => (type === 'video' || type === 'audio') && !trickOf)
    .flatMap(({ segments, timescale }) =>
      segments.slice(-1).map((one) => (one.start + one.duration) / timescale),
    )
  if (Math.max(...ends) - Math.min(...ends) > 1) return Math.min(...ends)
  const periods = (await readDash(dash)).starts.filter((seconds) => seconds > 0)
  const [, second] = tracks[0]?.segments ?? []
  return periods.at(-1) ?? (second ? second.start / (tracks[0]?.timescale ?? 1) : 0.1)
}

async function unknownCodecs(browser: Stage, { tracks }: Timeline): Promise<string[]> {
  const tab = await browser.newPage()
  try {
    await tab.goto(`${pages.url}/?player=hls.js`)
    const types = tracks.flatMap(({ type, configs }) =>
      type === 'video' || type === 'audio' ? configs.map(({ codec }) => ({ type, codec })) : [],
    )
    const known = await tab.evaluate<boolean[]>(
      `${JSON.stringify(types)}.map(({ type, codec }) => MediaSource.isTypeSupported(type + '/mp4; codecs="' + codec + '"'))`,
    )
    return [...new Set(types.filter((_, i) => !known[i]).map(({ codec }) => codec))]
  } finally {
    await tab.close()
  }
}

function expectPlayed({ player, until, ...played }: Shown['played'], { type }: Track): void {
  expect(played.errors, player).toEqual([])
  if (!played.ended) expect(played.currentTime, player).toBeGreaterThanOrEqual(until)
  if (type !== 'video') return
  expect(played.frames, player).toBeGreaterThan(5)
  expect(played.width, player).toBeGreaterThan(0)
}
