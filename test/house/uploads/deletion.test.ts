/** A film's end through the real front doors: the functions' own grants, the caches, the viewer function. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { assetOf, settled } from '../assets.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { askApi } from '../operator-api.ts'
import { smallFilm } from '../small-film.ts'

let house: InProcess
beforeAll(async () => {
  house = await startInProcess()
})
afterAll(() => house?.stop())

const film = await smallFilm()
const statusOf = async (path: string): Promise<number> => {
  const response = await fetch(`${house.outputs['PlaybackUrl']}${path}`)
  await response.arrayBuffer()
  return response.status
}

it('indexed again it plays in a new version; deleted, nothing of either is given out, cached or not', async () => {
  await house.upload('vod/film.mp4', film)
  const first = await settled(house, 'film')
  const media = ({ version }: { readonly version?: string }) =>
    `/media/clear/vod/film/${version}/video-1/1.0.m4s`
  expect(await statusOf(media(first))).toBe(200)

  expect((await askApi(house, 'POST', '/v1/assets/film/ingest')).status).toBe(202)
  await expect
    .poll(async () => (await assetOf(house, 'film')).version, { timeout: 30_000 })
    .not.toBe(first.version)
  const second = await settled(house, 'film')
  expect(await statusOf(media(second))).toBe(200)
  expect((await askApi(house, 'PATCH', '/v1/assets/film', { title: 'Der Film' })).status).toBe(200)
  expect(await assetOf(house, 'film')).toMatchObject({ title: 'Der Film' })

  const answer = await askApi(house, 'DELETE', '/v1/assets/film?policy=forget&keys=retire')
  expect([answer.status, await answer.json()]).toMatchObject([
    200,
    { uploads: [{ key: 'vod/film.mp4', bytes: film.length }], keys: 'kept', policy: 'forgotten' },
  ])
  expect((await askApi(house, 'GET', '/v1/assets/film')).status).toBe(404)
  for (const path of [media(first), media(second), '/vod/film/index.m3u8', '/vod/film/index.mpd'])
    expect([path, await statusOf(path)]).toEqual([path, 403])

  await house.upload('vod/film.mp4', film)
  const back = await settled(house, 'film')
  // The mark at the edge goes last, and every edge hears of it in its own time.
  await expect.poll(() => statusOf(media(back))).toBe(200)
  expect(house.failures).toEqual([])
})
