/** Protected films from a whole headend in every player, by Clear Key. */

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ffmpegMissing, smallDemoFilm } from '../house/ffmpeg.ts'
import { browserMissing, type ChromiumStage, launchStage } from './chromium.ts'
import { combinations } from './matrix.ts'
import { type Drm, type Played, type Player, play, playerPages, players } from './player.ts'
import { endingOf, openSealedFilms, type SealedFilms } from './sealed-films.ts'

const missing = browserMissing ?? ffmpegMissing
let films: SealedFilms
let browser: ChromiumStage
let pages: { readonly url: string; readonly server: Server }

const policy = {
  mode: 'encrypted',
  schemes: ['cenc', 'cbcs'],
  systems: ['clearkey', 'widevine', 'playready'],
}

beforeAll(async () => {
  if (missing !== undefined) return
  ;[films, browser, pages] = await Promise.all([openSealedFilms(), launchStage(), playerPages()])
  const film = (id: string, protection: object) => films.film(id, readFileSync(smallDemoFilm()), protection)
  await film('sealed', policy)
  await film('turning', { ...policy, rotationSeconds: 12 })
  await film('apart', { ...policy, keys: 'perType' })
  await film('led', { ...policy, clearLeadSeconds: 17 })
  await film('within', { ...policy, rotationSeconds: 12, rotationSignalling: 'inBand' })
})
afterAll(async () => {
  await browser?.close()
  pages?.server.close()
  await films?.house.stop()
})

interface Want {
  readonly player: Player
  readonly scheme: string
  readonly untilSeconds?: number
  readonly seekTo?: number
  readonly drm?: Partial<Drm>
}

async function played(id: string, { player, scheme, drm, ...how }: Want): Promise<Played> {
  const { url, drm: own } = await films.viewer(id)
  return play({
    browser,
    pages: pages.url,
    player,
    url: url(endingOf(player, scheme)),
    drm: { ...own, ...drm },
    patienceMs: 40_000,
    untilSeconds: 4,
    // Keys come in time or not, however fast the film goes by.
    rate: 2,
    ...how,
  })
}

const schemes = ['cenc', 'cbcs'] as const
const cases = combinations({ player: players, scheme: schemes, film: ['sealed', 'apart', 'turning'] })

describe.skipIf(missing !== undefined)(
  `a protected film${missing ? ` (${missing})` : ''}`,
  // Small pictures: three players at once leave the machine time for the rest.
  { concurrent: true },
  () => {
    it.each(cases)('that is $film plays under $scheme in $player', async ({ film, scheme, player }) => {
      // A change of keys is played over.
      const part = film === 'turning' ? { seekTo: 10, untilSeconds: 15 } : { untilSeconds: 4 }
      const seen = await played(film, { player, scheme, ...part })
      expect(seen.errors).toEqual([])
      expect(seen.currentTime).toBeGreaterThanOrEqual(part.untilSeconds)
      expect(seen.frames).toBeGreaterThan(50)
      expect(seen.audioBytes).toBeGreaterThan(10_000)
    })

    it.each([
      ['cbcs', 'hls.js'],
      ['cbcs', 'shaka-hls'],
      ['cenc', 'shaka-dash'],
      ['cenc', 'dash.js'],
    ] as const)('plays from a clear lead into what is protected under %s in %s', async (scheme, player) => {
      const seen = await played('led', { player, scheme, seekTo: 14, untilSeconds: 18 })
      expect(seen.errors).toEqual([])
      expect(seen.currentTime).toBeGreaterThanOrEqual(18)
      // dash.js begins anew where protection does, and its count with it.
      expect(seen.frames).toBeGreaterThan(40)
    })

    it('starts with its clear lead before there is a licence', async () => {
      let asked = 0
      const silent = createServer((request, response) => {
        response.setHeader('access-control-allow-origin', '*')
        response.setHeader('access-control-allow-headers', 'authorization, content-type')
        if (request.method === 'OPTIONS') response.end()
        else asked++
      })
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
      const licenceUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
      const seen = await played('led', { player: 'hls.js', scheme: 'cbcs', drm: { licenceUrl } })
      silent.closeAllConnections()
      silent.close()
      expect(asked).toBeGreaterThan(0)
      expect(seen.errors).toEqual([])
      expect(seen.currentTime).toBeGreaterThanOrEqual(4)
    })

    it.each([
      ['cbcs', 'shaka-dash'],
      ['cenc', 'dash.js'],
    ] as const)('plays over a change of keys in band under %s in %s', async (scheme, player) => {
      const seen = await played('within', { player, scheme, seekTo: 9, untilSeconds: 13 })
      expect(seen.errors).toEqual([])
      expect(seen.currentTime).toBeGreaterThanOrEqual(13)
      expect(seen.frames).toBeGreaterThan(50)
    })

    it.each(['cenc', 'cbcs'])('does not play under %s with a wrong key', async (scheme) => {
      const liar = createServer((request, response) => {
        const chunks: Buffer[] = []
        request.on('data', (chunk: Buffer) => chunks.push(chunk))
        request.on('end', () => {
          response.setHeader('access-control-allow-origin', '*')
          response.setHeader('access-control-allow-headers', 'authorization, content-type')
          if (request.method === 'OPTIONS') return response.end()
          const { kids } = JSON.parse(Buffer.concat(chunks).toString()) as { kids: string[] }
          const k = randomBytes(16).toString('base64url')
          return response.end(JSON.stringify({ keys: kids.map((kid) => ({ kty: 'oct', kid, k })) }))
        })
      })
      await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve))
      const licenceUrl = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`
      // Shaka asks whom the manifest names, whatever its page says.
      const seen = await played('sealed', { player: 'hls.js', scheme, drm: { licenceUrl } })
      liar.close()
      expect(seen.errors).not.toEqual([])
      expect(seen.currentTime).toBeLessThan(1)
    })

    it('gets no licence once the token has expired, and says why', async () => {
      const { token } = (await films.api('POST', '/v1/tokens', {
        content: 'vod/sealed',
        account: 'a',
        ttlSeconds: 1,
      })) as { token: string }
      await new Promise((resolve) => setTimeout(resolve, 1100))
      const seen = await played('sealed', { player: 'shaka-dash', scheme: 'cenc', drm: { token } })
      expect(seen.errors.join()).toContain('LICENCE_EXPIRED')
      expect(seen.frames).toBe(0)
    })

    it('is never given in the clear, nor under another key, scheme or period', async () => {
      const { url } = await films.viewer('apart')
      const root = url('').replace(/vod\/apart\/index\.$/, '')
      const mpd = await (await fetch(url('mpd'))).text()
      const media = /media\/cenc-SD-0\/(vod\/apart\/[0-9a-f]+\/video-1)\//.exec(mpd)?.[1] ?? expect.fail(mpd)
      const status = async (how: string, file = '1.0.m4s') =>
        (await fetch(`${root}media/${how}/${media}/${file}`)).status
      expect(await status('cenc-SD-0')).toBe(200)
      expect(await status('cbcs-SD-0', 'i-1.mp4')).toBe(200)
      for (const how of ['clear', 'cenc-HD-0', 'cenc-AUDIO-0', 'cenc-ALL-0', 'cenc-SD-1', 'cbcs-UHD-0'])
        for (const file of ['1.0.m4s', 'i-1.mp4']) expect(await status(how, file), `${how} ${file}`).toBe(403)
      // Without a session there is nothing at all.
      const open = `${films.house.outputs['PlaybackUrl']}/media/cenc-SD-0/${media}/1.0.m4s`
      expect((await fetch(open)).status).toBe(403)
    })
  },
)
