/** A crowd costs as much as one viewer: counted at the functions and at the caches. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchHls } from '../../judges/read-presentation.ts'
import { settled } from '../assets.ts'
import { askAtOnce, crowd } from '../crowd.ts'
import { ffmpegMissing } from '../ffmpeg.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { liveCrowd } from '../live-crowd.ts'
import { demoFilm } from '../media.ts'

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

describe(`${crowd} viewers at once`, () => {
  it('of one segment make one packager invocation', async () => {
    const { audio } = await fetchHls(`${house.outputs['PlaybackUrl']}/vod/film/index.m3u8`)
    // Another film, so that this segment is in no cache yet.
    await house.upload('vod/other.mp4', readFileSync(demoFilm))
    const { version } = await settled(house, 'other')
    const url = (audio.uris[2] ?? '').replace(/\/vod\/film\/[0-9a-f]+\//, `/vod/other/${version}/`)
    const before = invocations('PackagingPackager')
    expect(await askAtOnce(url)).toEqual([expect.stringMatching(/^200 \d{5,}$/)])
    expect(invocations('PackagingPackager') - before).toBe(1)
  })

  it('of one manifest make one edge invocation, and none of the regional function', async () => {
    const before = [invocations('DeliveryManifestEdge'), invocations('DeliveryManifest7')]
    const start = performance.now()
    expect(await askAtOnce(`${house.outputs['PlaybackUrl']}/vod/film/index.mpd?device=tv`)).toEqual([
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
    expect(await askAtOnce(`${house.outputs['PlaybackUrl']}/vod/nothing/index.m3u8`)).toEqual([
      expect.stringMatching(/^404 /),
    ])
    const seconds = (performance.now() - start) / 1000
    expect(invocations('DeliveryManifestEdge') - before).toBeLessThanOrEqual(1 + seconds)
  })
})

describe.skipIf(ffmpegMissing !== undefined)(`${crowd} viewers of a channel${ffmpegMissing ?? ''}`, () => {
  it('ask its origin for each object once, and for a manifest once a second', async () => {
    const { objects, objectRequests, manifests, manifestRequests, manifestSeconds, odd } = await liveCrowd({
      maxObjects: 6,
    })
    expect(odd).toEqual([])
    expect(objects).toBe(6)
    expect(objectRequests).toBe(objects)
    expect(manifestRequests).toBeGreaterThanOrEqual(manifests)
    // Each is asked for anew when it has been kept for a second.
    expect(manifestRequests).toBeLessThanOrEqual(manifests + Math.ceil(manifestSeconds))
  })
})
