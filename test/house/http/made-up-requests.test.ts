/** What strangers make up ends at the edge: it costs neither a run of a function nor a place in the cache. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settled } from '../assets.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { smallFilm } from '../small-film.ts'

/** What is made up, by what is made up in it; `n` is another each time. */
const inventions: readonly ((n: number) => string)[] = [
  (n) => `/vod/film/index.m3u8?start=${n}&end=${n + 1}`,
  (n) => `/vod/film/index.m3u8?time_delay=${n}`,
  (n) => `/vod/film/index.m3u8?_=${n}`,
  (n) => `/vod/film/index.mpd?device=${n % 2 ? 'tv' : 'TV'}&utm=${n}`,
  (n) => `/vod/film/index.mpd?device=made-up-${n}`,
  (n) => `/vod/film/index.mpd?scheme=${n}`,
  (n) => `/vod/film/index.mpd?keyformat=${n}`,
  (n) => `/vod/film/index.mpd?device=tv&device=${n}`,
  (n) => `/vod/film/index.m3u8?aws.manifestfilter=made_up:${n}`,
  (n) => `/vod/film/index.m3u8?aws.manifestfilter=video_codec:${n}`,
  (n) => `/vod/film/index.m3u8?aws.manifestfilter=audio_language:${'x'.repeat(1000)}${n}`,
  (n) => `/vod/film/${n}.m3u8`,
  (n) => `/vod/film/version-${n}/video-1.m3u8`,
  (n) => `/vod/%66ilm/${n}/index.m3u8`,
  (n) => `/ads/${n}/index.m3u8`,
  (n) => `/recordings/${n}/index.mpd`,
  (n) => `/media/${n}`,
  (n) => `/media/clear/vod/film/${n}.m4s`,
  (n) => `/media/clear/vod/film/version/video-1/0${n}.0.m4s`,
  (n) => `/media/%63lear/vod/film/version/video-1/${n}.0.m4s`,
  (n) => `/media/cenc-HD-${n}/vod/film/version/video-1/1.0.m4s`,
  (n) => `/s/made-up-${n}/vod/film/index.m3u8`,
  (n) => `/s/1.${n}.${'a'.repeat(43)}/media/cenc-HD-0/vod/film/version/video-1/1.0.m4s`,
  (n) => `/s/${n}`,
]

describe('1000 made-up requests', () => {
  let house: InProcess
  beforeAll(async () => {
    house = await startInProcess()
    await house.upload('vod/film.mp4', await smallFilm())
    await settled(house, 'film')
  })
  afterAll(() => house.stop())

  it('cost at most twenty runs of functions, and say what is wrong in a few words', async () => {
    const runs = (): number =>
      Object.entries(house.cloud.functions())
        .filter(([id]) => /DeliveryManifest|PackagingPackager/.test(id))
        .reduce((sum, [, { invocations }]) => sum + invocations, 0)
    const before = runs()
    const paths = Array.from({ length: 1000 }, (_, n) => inventions[n % inventions.length]?.(n) ?? '/')
    const statuses = new Map<string, number[]>()
    while (paths.length > 0) {
      await Promise.all(
        paths.splice(0, 50).map(async (path) => {
          const response = await fetch(`${house.outputs['PlaybackUrl']}${path}`)
          const text = await response.text()
          const kind = path.replaceAll(/\d+/g, 'n').slice(0, 60)
          statuses.set(kind, [...(statuses.get(kind) ?? []), response.status])
          if (!response.ok) expect(text.length, path).toBeLessThan(400)
        }),
      )
    }
    expect(runs() - before).toBeLessThanOrEqual(20)
    for (const [kind, all] of statuses) {
      const isFolded = /start=|time_delay|_=|utm=/.test(kind)
      expect(
        new Set(all.map((status) => (isFolded ? status === 200 : status >= 400 && status < 500))),
        kind,
      ).toEqual(new Set([true]))
    }
    expect(house.failures).toEqual([])
  })
})
