/**
 * Every film in players: what the browser's codecs allow plays, over a place where something changes. HEVC, which
 * Chromium does not have, in Firefox. In CI each film plays in one player, and films of each kind in every player; in soak
 * each film in all.
 */
import type { Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Timeline, Track } from '../../lib/timeline/timeline.ts'
import { type EveryFilm, everyFilm, filmMissing } from '../house/films/every-film.ts'
import { openScreening, type Screened, type Screening } from '../house/screening.ts'
import { readDash } from '../judges/read-manifests.ts'
import { browserMissing, launchStage } from './chromium.ts'
import { firefoxMissing, launchFirefox } from './firefox.ts'
import { isWhole, thatShow } from './matrix.ts'
import { type Played, type Player, play, playerPages, players, type Stage, type Tab } from './player.ts'

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
const patienceMs = 40_000

/** Films that leave as others do are read back byte for byte elsewhere. */
const films = everyFilm.filter(({ refused, leavesAs }) => refused === undefined && leavesAs === undefined)
const hevc = films.filter(({ name }) => /HEVC|h265/.test(name))

describe.each([
  { name: 'Chromium', missing: browserMissing, open: launchStage, some: films, lacksCodecs: true },
  { name: 'Firefox', missing: firefoxMissing, open: launchFirefox, some: hevc, lacksCodecs: false },
])('in $name', ({ missing, open, some, lacksCodecs }) => {
  let browser: Awaited<ReturnType<typeof open>>
  let asking: Tab
  /** Of the films that were played, in whatever order. */
  const kinds = new Map<EveryFilm, readonly string[]>()
  beforeAll(async () => {
    if (missing !== undefined) return
    browser = await open()
    asking = await browser.newPage()
    await asking.goto(`${pages.url}/?player=hls.js`)
  })
  afterAll(() => browser?.close())

  // For most of the time players wait for the clock: some at once leave the machine time for the rest.
  const how = { concurrent: true, timeout: 4 * patienceMs }
  describe.skipIf(missing !== undefined)(`each film${missing ? ` (${missing})` : ''}`, how, () => {
    it.for(some)('$name', async (film, { skip, annotate }) => {
      skip(filmMissing(film) !== undefined, filmMissing(film))
      const shown = await show(film)
      const unknown = await unknownCodecs(asking, shown.films.timeline)
      if (lacksCodecs && unknown.length > 0) await annotate(`the browser has no ${unknown.join(', ')}`)
      if (!lacksCodecs) expect(unknown).toEqual([])
      if (!isPlayable(shown.films.timeline, unknown)) return
      kinds.set(film, kindsOf(film, shown.films.timeline, unknown))
      for (const player of isWhole ? players : [playerOf(film)])
        await expectPlays(browser, { film, shown, player })
    })
  })

  if (isWhole) return
  describe.skipIf(missing !== undefined)('each kind of film that only others had', how, () => {
    it.for(players)('in %s', { timeout: 40 * patienceMs }, async (player) => {
      const played = some.flatMap((film) => {
        const own = kinds.get(film)
        return own ? [{ film, kinds: own, isHad: playerOf(film) === player }] : []
      })
      const had = played.filter(({ isHad }) => isHad).flatMap((one) => one.kinds)
      for (const { film } of thatShow(played, had))
        await expectPlays(browser, { film, shown: await show(film), player })
    })
  })
})

const playerOf = (film: EveryFilm): Player => players[everyFilm.indexOf(film) % players.length] ?? players[0]

const showings = new Map<EveryFilm, Promise<Screened>>()

/** Once, whoever plays it. */
function show(film: EveryFilm): Promise<Screened> {
  const known = showings.get(film)
  if (known) return known
  const showing = (async () => screening.show(`film-${everyFilm.indexOf(film)}`, await film.files()))()
  showings.set(film, showing)
  return showing
}

/** What players may take otherwise than in other films. */
function kindsOf(
  { fragmented = false, endsApart = false }: EveryFilm,
  { tracks }: Timeline,
  unknown: readonly string[],
): readonly string[] {
  const known = tracks.filter(
    ({ trickOf, configs }) => !trickOf && !unknown.includes(configs[0]?.codec ?? ''),
  )
  const codecs = known.flatMap(({ type, configs }) =>
    configs.map(({ codec }) => `${type} of ${codec.replace(/\..*/, '')}`),
  )
  const types = (['video', 'audio'] as const).map(
    (type) => `${Math.min(2, known.filter((track) => track.type === type).length)} ${type}`,
  )
  return [
    ...new Set(codecs),
    ...types,
    `fragmented ${fragmented}`,
    `ends apart ${endsApart}`,
    `another sample entry ${known.some(({ configs }) => configs.length > 1)}`,
  ]
}

/** Not where the browser knows no codec of its pictures, or none of its sound. */
const isPlayable = ({ tracks }: Timeline, unknown: readonly string[]): boolean =>
  (['video', 'audio'] as const).every((type) => {
    const some = tracks.filter((one) => one.type === type && !one.trickOf)
    return some.length === 0 || some.some(({ configs }) => !unknown.includes(configs[0]?.codec ?? ''))
  })

async function unknownCodecs(asking: Tab, { tracks }: Timeline): Promise<readonly string[]> {
  const types = tracks.flatMap(({ type, configs }) =>
    type === 'video' || type === 'audio' ? configs.map(({ codec }) => ({ type, codec })) : [],
  )
  const known = await asking.evaluate<boolean[]>(
    `${JSON.stringify(types)}.map(({ type, codec }) => MediaSource.isTypeSupported(type + '/mp4; codecs="' + codec + '"'))`,
  )
  return [...new Set(types.filter((_, i) => !known[i]).map(({ codec }) => codec))]
}

interface Showing {
  readonly film: EveryFilm
  readonly shown: Screened
  readonly player: Player
}

/** Plays it over its turn. */
async function expectPlays(browser: Stage, { film, shown, player }: Showing): Promise<void> {
  const { hls, dash } = shown
  const { timeline } = shown.films
  const at = film.unseekable === undefined ? await turnOf(timeline, dash) : 0.1
  const until = at + 0.6
  const played = await play({
    browser,
    pages: pages.url,
    player,
    url: player === 'shaka-dash' || player === 'dash.js' ? dash : hls,
    untilSeconds: until,
    patienceMs,
    ...(at > 1.5 && { seekTo: at - 0.6 }),
  })
  expectPlayed(played, { player, until, type: timeline.tracks[0]?.type })
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

function expectPlayed(
  played: Played,
  { player, until, type }: { player: Player; until: number; type: Track['type'] | undefined },
): void {
  expect(played.errors, player).toEqual([])
  if (!played.ended) expect(played.currentTime, player).toBeGreaterThanOrEqual(until)
  if (type !== 'video') return
  expect(played.frames, player).toBeGreaterThan(5)
  expect(played.width, player).toBeGreaterThan(0)
}
