/** Keys that change every 20 s, and licences that take 2.5 s: nobody misses anything of the film. */
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { browserMissing, launch } from './chromium.ts'
import { firefoxMissing, launchFirefox } from './firefox.ts'
import { type LateLicence, missedOf, playLate, turningFilm } from './late-licences.ts'
import { playerPages } from './player.ts'
import { openSealedFilms, type SealedFilms } from './sealed-films.ts'

let films: SealedFilms
let pages: { readonly url: string; readonly server: Server }

beforeAll(async () => {
  if (ffmpegMissing !== undefined) return
  ;[films, pages] = await Promise.all([openSealedFilms(), playerPages()])
  const policy = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey'], rotationSeconds: 20 }
  await films.film('turning', readFileSync(turningFilm(45)), policy)
})
afterAll(async () => {
  pages?.server.close()
  await films?.house.stop()
})

const browsers = [
  ['Chromium', browserMissing, launch],
  ['Firefox', firefoxMissing, launchFirefox],
] as const

describe.each(browsers)('in %s', (_, browserMissingWhy, open) => {
  const missing = browserMissingWhy ?? ffmpegMissing
  let browser: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    if (missing === undefined) browser = await open()
  })
  afterAll(() => browser?.close())

  it.skipIf(missing !== undefined).for([
    ['hls.js', 'cbcs'],
    ['shaka-dash', 'cbcs'],
    ['dash.js', 'cenc'],
  ] satisfies [LateLicence['player'], LateLicence['scheme']][])(
    `%s plays from the first second to the last under %s${missing ? ` (${missing})` : ''}`,
    { timeout: 200_000 },
    async ([player, scheme]) => {
      const how = { films, pages: pages.url, browser, id: 'turning', player, scheme, lateMs: 2500 }
      const seen = await playLate(how)
      expect(seen.errors).toEqual([])
      expect(seen.ended).toBe(true)
      expect(seen.duration).toBeCloseTo(45, 0)
      expect(missedOf(seen)).toEqual([])
      expect(seen.seeks.filter(([from, to]) => Math.abs(to - from) > 0.5)).toEqual([])
    },
  )
})
