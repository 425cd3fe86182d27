/** Stored presentations: what a list of ranges becomes, and the manifests that are printed of it. */
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../lib/errors.ts'
import { announcedCodec } from '../../lib/presentations/announced-codec.ts'
import type { AskedClip } from '../../lib/presentations/compose.ts'
import type { Timeline, Track } from '../../lib/timeline/timeline.ts'
import { segmentsOf, timelineOf, trackOf } from '../delivery/timelines.ts'
import { corpusMissing } from '../judges/corpus.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist, checkMultivariant } from '../judges/hls/rules.ts'
import { validateMpd } from '../judges/xsd.ts'
import { newWorld } from './world.ts'

const clip = (assetId: string, more: Partial<AskedClip> = {}): AskedClip => ({
  assetId,
  role: 'content',
  ...more,
})

/** A minute in 720p and 360p with two languages. */
const main = timelineOf('vod/main', {
  tracks: [
    video('video-1', 720, 3_000_000),
    video('video-2', 360, 800_000),
    trackOf('audio-3', 'audio', { language: 'en', roles: ['main'] }),
    trackOf('audio-4', 'audio', { language: 'fr', roles: ['dub'] }),
  ],
})
/** Ten seconds in one size, another timescale, one language. */
const spot = timelineOf('vod/spot', {
  timescale: 12_800,
  tracks: [
    video('video-1', 480, 1_500_000, {
      timescale: 12_800,
      segments: segmentsOf(2, 64_000),
      configs: [{ id: 'v', codec: 'avc1.4d401e', width: 854, height: 480, frameRate: [30, 1] }],
    }),
    trackOf('audio-2', 'audio', {
      timescale: 44_100,
      language: 'en',
      segments: segmentsOf(2, 220_500, { configId: 'a' }),
      configs: [{ id: 'a', codec: 'mp4a.40.2', sampleRate: 44_100, channels: 2 }],
    }),
  ],
})

function video(id: string, height: number, peak: number, rest: Partial<Track> = {}): Track {
  const width = (height * 16) / 9
  return trackOf(id, 'video', {
    bandwidth: { peak, average: Math.round(peak * 0.8) },
    configs: [{ id: 'v', codec: 'avc1.64001f', width, height, frameRate: [25, 1] }],
    ...rest,
  })
}

function worldOf(...films: readonly Timeline[]) {
  const world = newWorld()
  for (const film of films) world.film(film)
  return world
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof HeadendError ? `${error.status} ${error.code}` : String(error)),
  )

describe('ranges', () => {
  const rangeOf = async (range: Partial<AskedClip>) => {
    const { clips } = await worldOf(main).store([clip('main', range)])
    return clips.map(({ from, to }) => [from / 90_000, to / 90_000])[0]
  }

  it.each([
    ['of nothing asked', {}, [0, 60]],
    ['between segments', { fromSeconds: 8.9, toSeconds: 33.1 }, [6, 36]],
    ['on their edges', { fromSeconds: 12, toSeconds: 18 }, [12, 18]],
    ['shorter than a segment', { fromSeconds: 13, toSeconds: 14 }, [12, 18]],
    ['beyond the end', { fromSeconds: 58, toSeconds: 500 }, [54, 60]],
  ])('%s become whole segments of the reference video', async (_, range, wanted) => {
    expect(await rangeOf(range)).toEqual(wanted)
  })

  it('that begin behind the end are refused', async () => {
    expect(await codeOf(rangeOf({ fromSeconds: 60 }))).toBe('400 CLIP_RANGE')
  })
})

describe('tracks', () => {
  it('of other clips stand for the renditions of the content shown for longest', async () => {
    const { reference, clips } = await worldOf(main, spot).store([clip('spot', { role: 'ad' }), clip('main')])
    expect(reference).toBe('vod/main')
    expect(clips[0]?.tracks).toEqual({
      'video-1': 'video-1',
      'video-2': 'video-1',
      'audio-3': 'audio-2',
      'audio-4': 'audio-2',
    })
  })

  it('are the nearest in height, and audio in its language comes before the default one', async () => {
    const other = timelineOf('vod/other', {
      tracks: [
        video('video-1', 1080, 6_000_000),
        video('video-2', 540, 1_200_000),
        trackOf('audio-3', 'audio', { language: 'de', roles: ['main'] }),
        trackOf('audio-4', 'audio', { language: 'fr', roles: [] }),
      ],
    })
    const { clips } = await worldOf(main, other).store([clip('main'), clip('other', { toSeconds: 6 })])
    expect(clips[1]?.tracks).toEqual({
      'video-1': 'video-2',
      'video-2': 'video-2',
      'audio-3': 'audio-3',
      'audio-4': 'audio-4',
    })
  })

  it.each([
    ['video in another codec', { 'video-1': 'hvc1.1.6.L93.B0' }],
    ['audio in another codec', { 'audio-2': 'ec-3' }],
  ])('of %s are refused, whoever asks', async (_, codecs: Readonly<Record<string, string>>) => {
    const tracks = spot.tracks.map((track) => ({
      ...track,
      configs: track.configs.map((config) => ({ ...config, codec: codecs[track.id] ?? config.codec })),
    }))
    const world = worldOf(main, { ...spot, tracks })
    expect(await codeOf(world.store([clip('main'), clip('spot')]))).toBe('409 CLIP_CODEC')
  })

  it('are refused where a clip has no audio for what has some', async () => {
    const world = worldOf(main, { ...spot, tracks: spot.tracks.slice(0, 1) })
    expect(await codeOf(world.store([clip('main'), clip('spot')]))).toBe('409 CLIP_CODEC')
  })
})

it.each([
  [['avc1.4d401e', 'avc1.64001f'], 'avc1.64001f'],
  [['avc1.640028', 'avc1.64001f'], 'avc1.640028'],
  [['avc1.42c01e', 'avc1.64001e'], 'avc1.64001e'],
  [['hvc1.1.6.L93.B0', 'hvc1.1.6.L120.B0'], 'hvc1.1.6.L120.B0'],
  [['av01.0.08M.08', 'av01.0.04M.08'], 'av01.0.08M.08'],
  [['mp4a.40.2', 'mp4a.40.2'], 'mp4a.40.2'],
])('of the codecs %j a rendition is announced with the most demanding', (codecs, wanted) => {
  expect(announcedCodec(codecs)).toBe(wanted)
  expect(announcedCodec(codecs.toReversed())).toBe(wanted)
})

describe('assets', () => {
  it('that do not play are refused', async () => {
    expect(await codeOf(worldOf(main).store([clip('main'), clip('none')]))).toBe('409 ASSET_NOT_READY')
  })

  it('are sixty-four at most, with ids that a token can list', async () => {
    const ids = Array.from({ length: 65 }, (_, i) => `f${i}`)
    const many = (names: readonly string[]) =>
      worldOf(...names.map((name) => ({ ...spot, id: `vod/${name}` }))).store(names.map((name) => clip(name)))
    expect(await codeOf(many(ids.slice(1)))).toBe('done')
    expect(await codeOf(many(ids))).toBe('400 PRESENTATION_CONTENTS')
    expect(await codeOf(many(ids.slice(0, 40).map((id) => id.padEnd(110, 'x'))))).toBe(
      '400 PRESENTATION_CONTENTS',
    )
  })
})

/** Every manifest, each through its judges. */
async function manifests(world: ReturnType<typeof newWorld>, query = '') {
  const { body: multivariant } = await world.get(`index.m3u8${query}`)
  const uris = [
    ...new Set(
      [...multivariant.matchAll(/^[^#\n].*m3u8$|URI="([^"]+m3u8)"/gm)].map(([line, uri]) => uri ?? line),
    ),
  ]
  const media = await Promise.all(uris.map(async (uri) => [uri, (await world.get(uri)).body] as const))
  for (const [uri, text] of media) expect(checkMediaPlaylist(text, {}), `${uri}\n${text}`).toEqual([])
  expect(checkMultivariant(multivariant, Object.fromEntries(media)), multivariant).toEqual([])
  const { body: mpd, headers } = await world.get(`index.mpd${query}`)
  expect(checkMpd(mpd, {}), mpd).toEqual([])
  if (corpusMissing === undefined) expect(await validateMpd(mpd), mpd).toEqual([])
  return { multivariant, media, mpd, headers }
}

const clips = [
  clip('main', { toSeconds: 18 }),
  clip('spot', { role: 'ad' }),
  clip('main', { fromSeconds: 30 }),
]

describe('manifests', () => {
  it('show the clips one after the other, from the URLs of their assets', async () => {
    const world = worldOf(main, spot)
    await world.store(clips)
    const { multivariant, media, mpd, headers } = await manifests(world)
    expect(headers['cache-control']).toBe('public, max-age=5')
    expect(multivariant).toMatch(/^fedcba9876543210\/video-1\.m3u8$/m)
    // Who decodes High 3.1 decodes the Main 3.0 of the spot, too.
    expect(multivariant).toContain('CODECS="avc1.64001f,mp4a.40.2"')
    const video1 = media.find(([uri]) => uri.endsWith('/video-1.m3u8'))?.[1] ?? ''
    expect(video1.match(/#EXTINF/g)).toHaveLength(3 + 2 + 5)
    expect(video1.match(/#EXT-X-DISCONTINUITY$/gm)).toHaveLength(2)
    expect(video1).toContain('../../../media/clear/vod/spot/0123456789abcdef/video-1/1.0.m4s')
    expect(video1).toContain('#EXT-X-ENDLIST')
    expect([...mpd.matchAll(/<Period [^>]*start="([^"]+)"/g)].map(([, start]) => start)).toEqual([
      'PT0S',
      'PT18S',
      'PT28S',
    ])
    expect(mpd).toContain('mediaPresentationDuration="PT58S"')
  })

  it('announce rates that hold for every clip', async () => {
    const world = worldOf(main, spot)
    await world.store(clips)
    const { multivariant } = await manifests(world)
    const peak = /BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+)[^\n]*\nfedcba9876543210\/video-2/.exec(multivariant)
    expect(Number(peak?.[1])).toBe(1_500_000 + 128_000)
  })

  it.each(['cenc', 'cbcs'] as const)(
    'protect each clip with the keys of its asset, in %s',
    async (scheme) => {
      const world = worldOf(main, spot)
      world.protect('vod/main', '1')
      world.protect('vod/spot', '2')
      await world.store(clips)
      const { media, mpd, multivariant } = await manifests(world, `?scheme=${scheme}`)
      expect(multivariant).toMatch(new RegExp(`^fedcba9876543210/${scheme}/video-1\\.m3u8$`, 'm'))
      const video1 = media.find(([uri]) => uri.endsWith('/video-1.m3u8'))?.[1] ?? ''
      expect(video1).toContain(`/media/${scheme}-HD-0/vod/main/`)
      expect(video1).toContain(`/media/${scheme}-SD-0/vod/spot/`)
      expect([mpd, ...media.map(([, text]) => text)].join()).not.toContain('media/clear/')
      const kids = new Set(
        [...mpd.matchAll(/default_KID="([^"]+)"/g)].map(([, kid]) => kid?.replaceAll('-', '')),
      )
      expect(kids).toEqual(
        new Set(
          ['1', '2'].flatMap((d) => ['a', 'b', ...(d === '1' ? ['c'] : [])].map((l) => d.repeat(31) + l)),
        ),
      )
    },
  )

  it('hold renditions apart that have keys of their own in any clip', async () => {
    const world = worldOf(main, spot)
    world.protect('vod/main', '1')
    world.protect('vod/spot', '2')
    await world.store([clip('main'), clip('spot')])
    const { mpd } = await manifests(world)
    // Both are the spot's one track in the second Period, and have two keys in the first one.
    const sets = mpd.split('<AdaptationSet').filter((text) => text.includes('contentType="video"'))
    expect(sets.map((set) => set.match(/<Representation /g)?.length)).toEqual([1, 1, 1, 1])
  })

  it('follow a change of keys and of protection by themselves, at the same URLs', async () => {
    const world = worldOf(main, spot)
    await world.store(clips)
    const path = 'fedcba9876543210/video-1.m3u8'
    expect((await world.get(path)).body).toContain('media/clear/vod/main')
    world.protect('vod/main', '1')
    const { body } = await world.get(path)
    expect(body).not.toContain('media/clear/vod/main')
    expect(body).toContain('media/cbcs-HD-0/vod/main')
    expect(body).toContain('media/clear/vod/spot')
  })

  it('announce no key where they begin in the clear, for players that would wait with it', async () => {
    const world = worldOf(main, spot)
    world.protect('vod/main', '1')
    await world.store([clip('spot', { role: 'bumper' }), clip('main')])
    expect((await manifests(world)).multivariant).not.toContain('#EXT-X-SESSION-KEY')
    await world.store([clip('main'), clip('spot')])
    expect((await manifests(world)).multivariant).toContain('#EXT-X-SESSION-KEY')
  })

  it('take the scheme that all protected clips are offered in', async () => {
    const world = worldOf(main, spot)
    world.protect('vod/main', '1')
    world.protect('vod/spot', '2', { schemes: ['cenc'] })
    await world.store(clips)
    expect((await world.get('index.m3u8')).body).toContain('fedcba9876543210/cenc/video-1.m3u8')
    expect(await world.get('index.m3u8?scheme=cbcs')).toMatchObject({
      status: 400,
      code: 'SCHEME_UNAVAILABLE',
    })
    world.protect('vod/main', '1', { schemes: ['cbcs'] })
    expect(await world.get('index.m3u8')).toMatchObject({ status: 404, code: 'SYSTEM_UNAVAILABLE' })
  })

  it('never take a protection that cannot be read for none', async () => {
    const world = worldOf(main, spot)
    await world.store(clips)
    world.rows.set('vod/spot', { version: spot.version, protection: 'ab'.repeat(8) })
    for (const path of ['index.m3u8', 'index.mpd', 'fedcba9876543210/video-1.m3u8'])
      expect(await world.get(path), path).toMatchObject({ status: 404, code: 'PRESENTATION_ASSET' })
  })

  it('name the asset that is gone, and are gone with their row', async () => {
    const world = worldOf(main, spot)
    await world.store(clips)
    const paths = ['index.m3u8', 'index.mpd', 'fedcba9876543210/video-1.m3u8']
    world.rows.delete('vod/spot')
    for (const path of paths) {
      const { code, body } = await world.get(path)
      expect([code, body]).toEqual(['PRESENTATION_ASSET', expect.stringContaining('vod/spot')])
    }
    world.rows.delete('presentations/one')
    for (const path of paths) expect((await world.get(path)).code).toBe('PRESENTATION_NOT_FOUND')
  })

  it('refuse the paths of films, and renditions that are not there', async () => {
    const world = worldOf(main, spot)
    await world.store(clips)
    expect((await world.get('fedcba9876543210/0123456789abcdef-cbcs/video-1.m3u8')).code).toBe(
      'PRESENTATION_NOT_FOUND',
    )
    expect((await world.get('fedcba9876543210/video-9.m3u8')).code).toBe('RENDITION_NOT_FOUND')
    expect((await world.get('0000000000000000/video-1.m3u8')).code).toBe('PRESENTATION_NOT_FOUND')
  })

  it('are not printed of an object of another format', async () => {
    const world = worldOf(main)
    const stored = await world.store([clip('main')])
    const key = [...world.objects.keys()].find((one) => one.endsWith('/presentation.json')) ?? ''
    world.objects.set(key, JSON.stringify({ ...stored, format: 'headend-presentation/2' }))
    await expect(world.get('index.m3u8')).rejects.toMatchObject({ code: 'PRESENTATION_FORMAT', status: 500 })
  })

  it('go on showing the version of an asset that was stored', async () => {
    const world = worldOf(main, spot)
    await world.store(clips)
    world.rows.set('vod/spot', { version: '9999999999999999' })
    expect((await world.get('fedcba9876543210/video-1.m3u8')).body).toContain('vod/spot/0123456789abcdef/')
  })

  it('read the rows of all their assets at once', async () => {
    const world = worldOf(main, spot)
    await world.store(clips)
    await world.get('fedcba9876543210/video-1.m3u8')
    expect(world.asked).toEqual([['presentations/one', 'vod/main', 'vod/spot']])
  })
})
