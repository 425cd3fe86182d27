/** Which sets of a DASH presentation players take by themselves, and that HLS says the same. */
import { describe, expect, it } from 'vitest'
import { dashMpd, hlsMultivariant, vodPresentation } from '../../lib/delivery/index.ts'
import { choose } from '../../lib/delivery/selection/choose.ts'
import { printMpd } from '../../lib/formats/dash/print-mpd.ts'
import type { Track } from '../../lib/timeline/timeline.ts'
import { corpusMissing } from '../judges/corpus.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { validateMpd } from '../judges/xsd.ts'
import { timelineOf, trackOf } from './timelines.ts'

const codecs = { aac: 'mp4a.40.2', dolby: 'ec-3' } as const

const sound = (n: number, codec: keyof typeof codecs, rest: Partial<Track>): Track =>
  trackOf(`audio-${n}`, 'audio', {
    configs: [{ id: 'a', codec: codecs[codec], sampleRate: 48_000, channels: 2 }],
    roles: ['alternate'],
    ...rest,
  })

const pictures = trackOf('video-1', 'video', { roles: ['main'] })

async function shown(tracks: readonly Track[], query = '') {
  const film = vodPresentation(timelineOf('vod/film', { tracks }))
  const presentation = choose(film, new URLSearchParams(query))
  const mpd = dashMpd(presentation, 'vod/film/index.mpd')
  const text = printMpd(mpd)
  expect(checkMpd(text), text).toEqual([])
  if (corpusMissing === undefined) expect(await validateMpd(text), text).toEqual([])
  const { media } = hlsMultivariant(presentation, ({ id }) => `v/${id}.m3u8`)
  return {
    sets: mpd.periods.flatMap(({ adaptationSets }) =>
      adaptationSets.map(({ language, representations, selectionPriority = 1, roles }) => {
        const names = roles.map(({ value }) => value)
        return `${language ?? representations[0]?.id} ${selectionPriority} ${names.join('+')}`
      }),
    ),
    defaults: media.flatMap(({ type, isDefault, language }) => (isDefault ? `${type} ${language}` : [])),
  }
}

const german = sound(1, 'aac', { language: 'de', roles: ['main'] })
const english = sound(2, 'aac', { language: 'en' })
const french = sound(3, 'aac', { language: 'fr', bandwidth: { peak: 640_000, average: 600_000 } })

describe('the first choice', () => {
  it('is preferred over what costs more, in every protocol', async () => {
    expect(await shown([pictures, german, english, french])).toEqual({
      sets: ['video-1 2 main', 'de 2 main', 'en 1 alternate', 'fr 1 alternate'],
      defaults: ['AUDIO de'],
    })
  })

  it('is of those that a filter left', async () => {
    expect(
      await shown([pictures, german, english, french], 'aws.manifestfilter=audio_language:en,fr'),
    ).toEqual({
      sets: ['video-1 2 main', 'en 2 main', 'fr 1 alternate'],
      defaults: ['AUDIO en'],
    })
  })

  it('stands first among the sound of each group in HLS, for players that go by the order alone', () => {
    const tracks = [
      sound(1, 'aac', { language: 'fr', bandwidth: { peak: 640_000, average: 600_000 } }),
      sound(2, 'aac', { language: 'en' }),
      sound(3, 'aac', { language: 'de', roles: ['main'] }),
      sound(4, 'dolby', { language: 'fr' }),
      sound(5, 'dolby', { language: 'de' }),
    ]
    const film = vodPresentation(timelineOf('vod/film', { tracks: [pictures, ...tracks] }))
    const presentation = choose(film, new URLSearchParams())
    const { media } = hlsMultivariant(presentation, ({ id }) => `v/${id}.m3u8`)
    const groups = Map.groupBy(media, ({ groupId }) => groupId)
    expect([...groups.values()].map((group) => group.map(({ language }) => language))).toEqual([
      ['de', 'fr', 'en'],
      ['de', 'fr', 'en'],
    ])
  })

  it('is the same thing in another codec, too', async () => {
    const tracks = [
      sound(1, 'dolby', { language: 'de', roles: ['main'] }),
      sound(2, 'dolby', { language: 'en' }),
      sound(3, 'aac', { language: 'en' }),
      sound(4, 'aac', { language: 'de' }),
    ]
    expect(await shown([pictures, ...tracks])).toEqual({
      sets: ['video-1 2 main', 'de 2 main', 'en 1 alternate', 'en 1 alternate', 'de 2 main'],
      defaults: ['AUDIO de', 'AUDIO de'],
    })
  })

  it('is no commentary, description or other dub in its language', async () => {
    const tracks = [
      sound(2, 'aac', { language: 'de', roles: ['commentary'] }),
      sound(3, 'aac', { language: 'de', roles: ['description', 'alternate'] }),
      sound(4, 'dolby', { language: 'de', name: 'Dub of 1990' }),
    ]
    expect(await shown([pictures, german, ...tracks])).toEqual({
      sets: [
        'video-1 2 main',
        'de 2 main',
        'de 1 commentary',
        'de 1 description+alternate',
        'de 1 alternate',
      ],
      defaults: ['AUDIO de', 'AUDIO de'],
    })
  })

  it('among pictures is the main ones in every codec, and not their key frames', async () => {
    const hevc = trackOf('video-2', 'video', {
      roles: ['main'],
      configs: [{ id: 'v', codec: 'hvc1.1.6.L93.90', width: 1280, height: 720, frameRate: [25, 1] }],
    })
    const sign = trackOf('video-3', 'video', { roles: ['sign'] })
    const trick = trackOf('video-4', 'video', { trickOf: 'video-1' })
    expect((await shown([pictures, hevc, sign, trick, german])).sets).toEqual([
      'video-1 2 main',
      'video-2 2 main',
      'video-3 1 sign',
      'de 2 main',
      'video-4 1 ',
    ])
  })
})
