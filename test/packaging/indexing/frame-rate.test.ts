/** Pictures a second, as manifests say them, on clocks that can and can not express them. */
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../films/films.ts'
import { makeFilm } from '../films/make-film.ts'
import { shelve } from '../films/shelf.ts'

/** What is said of pictures of such lengths. */
async function rateOf(timescale: number, lengths: readonly number[]): Promise<readonly number[] | undefined> {
  const samples = lengths.map((duration, i) => ({ size: 40, duration, sync: i % 50 === 0 }))
  const { played } = await shelve(bytesSource(makeFilm([{ type: 'video', timescale, samples }])))
  return played[0]?.configs[0]?.frameRate
}

/** Lengths on a clock that rounds. */
function rounded(count: number, ticks: number, round: (value: number) => number): number[] {
  const times = Array.from({ length: count + 1 }, (_, i) => round(i * ticks + 0.3))
  return times.slice(1).map((time, i) => time - (times[i] ?? 0))
}

describe('pictures a second', () => {
  it.each<[rate: readonly [number, number], timescale: number]>([
    [[24_000, 1001], 600],
    [[24_000, 1001], 24],
    [[24_000, 1001], 1000],
    [[24_000, 1001], 90_000],
    [[24, 1], 1000],
    [[25, 1], 90_000],
    [[30_000, 1001], 30],
    [[30_000, 1001], 600],
    [[30_000, 1001], 1000],
    [[30, 1], 1000],
    [[60_000, 1001], 600],
    [[60_000, 1001], 60],
    [[60_000, 1001], 1000],
    [[60, 1], 1000],
    [[12_500, 1000], 30],
    [[15_000, 1001], 15],
    [[15_000, 1001], 600],
  ])('are %j on a clock of %i, however it rounds', async (rate, timescale) => {
    const ticks = (timescale * rate[1]) / rate[0]
    for (const round of [Math.round, Math.floor, Math.ceil])
      expect(await rateOf(timescale, rounded(4000, ticks, round))).toEqual(rate)
  })

  it('are those of the rest where a few are held', async () => {
    const lengths = rounded(3000, (600 * 1001) / 24_000, Math.round)
    const held = lengths.map((length, i) => (i % 700 === 699 ? 180 : length))
    expect(await rateOf(600, held)).toEqual([24_000, 1001])
  })

  it.each<[rate: readonly number[], timescale: number, lengths: readonly number[]]>([
    [[24, 1], 600, Array.from({ length: 2000 }, () => 25)],
    [[30_303, 1000], 1000, Array.from({ length: 2000 }, () => 33)],
    [[30, 1], 30, Array.from({ length: 2000 }, () => 1)],
    // 24 a second, and for a stretch half of them.
    [[24, 1], 600, Array.from({ length: 2000 }, (_, i) => (i > 600 && i < 700 ? 50 : 25))],
  ])('are %j where a clock of %i says just that', async (rate, timescale, lengths) => {
    expect(await rateOf(timescale, lengths)).toEqual(rate)
  })
})
