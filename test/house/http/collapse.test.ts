/** A crowd costs as much as one viewer: counted at the functions and at the caches. */
import { readFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchHls } from '../../judges/read-presentation.ts'
import { settled } from '../assets.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { demoFilm } from '../media.ts'

const crowd = 1000
let house: InProcess

beforeAll(async () => {
  house = await startInProcess()
  await house.upload('vod/film.mp4', readFileSync(demoFilm))
  await settled(house, 'film')
})
afterAll(() => house?.stop())

/** Invocations of the function whose logical id starts so. */
function invocations(name: string): number {
  const found = Object.entries(house.cloud.functions()).filter(([id]) => id.includes(name))
  expect(found.length, `functions called ${name}`).toBe(1)
  return found[0]?.[1].invocations ?? 0
}

/** Asks `crowd` times at once; gives the different answers there were, as status and length. */
async function ask(url: string): Promise<string[]> {
  const agent = new Agent({ maxSockets: crowd })
  const one = () =>
    new Promise<string>((resolve, reject) => {
      get(url, { agent }, (response) => {
        let bytes = 0
        response.on('data', (chunk: Buffer) => (bytes += chunk.length))
        response.on('end', () => resolve(`${response.statusCode} ${bytes}`))
        response.on('error', reject)
      }).on('error', reject)
    })
  const answers = await Promise.all(Array.from({ length: crowd }, one))
  agent.destroy()
  return [...new Set(answers)]
}

describe(`${crowd} viewers at once`, () => {
  it('of one segment make one packager invocation', async () => {
    const { audio } = await fetchHls(`${house.outputs['PlaybackUrl']}/vod/film/index.m3u8`)
    // Another film, so that this segment is in no cache yet.
    await house.upload('vod/other.mp4', readFileSync(demoFilm))
    const { version } = await settled(house, 'other')
    const url = (audio.uris[2] ?? '').replace(/\/vod\/film\/[0-9a-f]+\//, `/vod/other/${version}/`)
    const before = invocations('PackagingPackager')
    expect(await ask(url)).toEqual([expect.stringMatching(/^200 \d{5,}$/)])
    expect(invocations('PackagingPackager') - before).toBe(1)
  })

  it('of one manifest make one edge invocation, and none of the regional function', async () => {
    const before = [invocations('DeliveryManifestEdge'), invocations('DeliveryManifest7')]
    const start = performance.now()
    expect(await ask(`${house.outputs['PlaybackUrl']}/vod/film/index.mpd?device=tv`)).toEqual([
      expect.stringMatching(/^200 \d{4}$/),
    ])
    // It is kept for five seconds: a machine on which a thousand take longer makes it once more.
    const times = 1 + Math.floor((performance.now() - start) / 5000)
    const made = invocations('DeliveryManifestEdge') - (before[0] ?? 0)
    expect([made >= 1, made <= times, invocations('DeliveryManifest7')]).toEqual([true, true, before[1]])
  })

  it('of what does not exist make as many invocations as it takes seconds', async () => {
    const before = invocations('DeliveryManifestEdge')
    const start = performance.now()
    expect(await ask(`${house.outputs['PlaybackUrl']}/vod/nothing/index.m3u8`)).toEqual([
      expect.stringMatching(/^404 /),
    ])
    const seconds = (performance.now() - start) / 1000
    expect(invocations('DeliveryManifestEdge') - before).toBeLessThanOrEqual(1 + seconds)
  })
})
