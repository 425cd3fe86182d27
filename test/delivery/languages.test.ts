/** What players may choose by themselves in HLS: languages said everywhere, and one first choice for each. */
import { describe, expect, it } from 'vitest'
import { hlsMultivariant, vodPresentation } from '../../lib/delivery/index.ts'
import { printMultivariantPlaylist } from '../../lib/formats/hls/print-multivariant.ts'
import type { Track } from '../../lib/timeline/timeline.ts'
import { checkMultivariant } from '../judges/hls/rules.ts'
import { timelineOf, trackOf } from './timelines.ts'

const sound = (n: number, rest: Partial<Track> = {}): Track =>
  trackOf(`audio-${n}`, 'audio', {
    configs: [{ id: 'a', codec: 'mp4a.40.2', sampleRate: 48_000, channels: 2 }],
    ...rest,
  })

const subtitles = (n: number, rest: Partial<Track> = {}): Track => ({
  ...trackOf(`text-${n}`, 'audio', { configs: [{ id: 'a', codec: 'wvtt' }], ...rest }),
  type: 'text',
})

function tagsOf(...tracks: readonly Track[]): string[] {
  const film = vodPresentation(timelineOf('vod/film', { tracks: [trackOf('video-1', 'video'), ...tracks] }))
  const text = printMultivariantPlaylist(hlsMultivariant(film, ({ id }) => `v/${id}.m3u8`))
  expect(checkMultivariant(text), text).toEqual([])
  return text.split('\n').filter((line) => line.startsWith('#EXT-X-MEDIA:'))
}

const autoselected = (tags: readonly string[]): boolean[] => tags.map((tag) => tag.includes('AUTOSELECT=YES'))

describe('a rendition in HLS', () => {
  it('says its language, and `und` where nobody knows it', () => {
    const tags = tagsOf(sound(1), sound(2, { language: 'fr' }), subtitles(1))
    expect(tags.map((tag) => /,LANGUAGE="([^"]*)"/.exec(tag)?.[1])).toEqual(['und', 'fr', 'und'])
  })

  it('with captions in the pictures says `und`, too, where the captions say nothing', () => {
    const pictures = trackOf('video-1', 'video', { captions: [{ id: 'CC1' }] })
    const film = vodPresentation(timelineOf('vod/film', { tracks: [pictures] }))
    expect(hlsMultivariant(film, () => 'x').media).toMatchObject([{ instreamId: 'CC1', language: 'und' }])
  })

  it('of a commentary is chosen by viewers alone', () => {
    const tags = tagsOf(sound(1, { language: 'en' }), sound(2, { language: 'en', roles: ['commentary'] }))
    expect(autoselected(tags)).toEqual([true, false])
  })

  it('of a commentary in a language that nothing else has is chosen by viewers alone, too', () => {
    const tags = tagsOf(sound(1, { language: 'en' }), sound(2, { language: 'fr', roles: ['commentary'] }))
    expect(autoselected(tags)).toEqual([true, false])
  })

  it('is no automatic choice where another of its group has its language and purpose', () => {
    const tags = tagsOf(
      sound(1, { language: 'en', name: 'Dub of 1990' }),
      sound(2, { language: 'en', name: 'Dub of 2020', roles: ['main'] }),
      sound(3, { language: 'en', name: 'Described', roles: ['description'] }),
      sound(4, { language: 'fr', name: 'French' }),
    )
    // The first is the default, so the second is what a player can't tell from it.
    expect(autoselected(tags)).toEqual([true, false, true, true])
  })

  it('that comes before the default of its language in the film yields to it', () => {
    const tags = tagsOf(
      sound(1, { language: 'en', name: 'Alternate', roles: ['alternate'] }),
      sound(2, { language: 'en', name: 'Main', roles: ['main'] }),
    )
    const sounds = tags.filter((tag) => tag.includes('TYPE=AUDIO'))
    expect(sounds.map((tag) => /NAME="(\w+)"/.exec(tag)?.[1])).toEqual(['Main', 'Alternate'])
    expect(sounds.map((tag) => tag.includes('DEFAULT=YES'))).toEqual([true, false])
    expect(autoselected(tags)).toEqual([true, false])
  })

  it('of subtitles that are forced stands beside the full ones of its language', () => {
    const english = (...roles: readonly string[]) => ({ language: 'en', roles })
    const tags = tagsOf(subtitles(1, english('main')), subtitles(2, english('forced-subtitle')))
    expect(autoselected(tags)).toEqual([true, true])
  })
})
