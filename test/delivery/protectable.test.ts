/** Which tracks of a film are given to viewers when it is protected. */
import { describe, expect, it } from 'vitest'
import { protectedPresentation } from '../../lib/delivery/protection/protected-film.ts'
import type { StoredProtection } from '../../lib/timeline/stored-protection.ts'
import type { Track } from '../../lib/timeline/timeline.ts'
import { timelineOf, trackOf } from './timelines.ts'

const stored: StoredProtection = {
  format: 'headend-protection/1',
  schemes: ['cenc', 'cbcs'],
  systems: ['widevine', 'clearkey'],
  sharing: 'shared',
  licenceUrl: 'https://licences.example/licence',
  boxes: {},
  periods: [
    {
      index: 0,
      fromMs: 0,
      keys: [{ label: 'ALL', iv: 'f0'.repeat(16), checksum: '', kid: '0a'.repeat(16) }],
    },
  ],
}

function protectedTracks(tracks: readonly Track[], scheme: 'cenc' | 'cbcs'): string[] {
  const timeline = timelineOf('vod/film', { tracks })
  const read = { timeline, opening: () => tracks, track: (id: string) => tracks.find((one) => one.id === id) }
  const film = protectedPresentation(read, { stored, scheme, clearKeyFormat: 'org.w3.clearkey' })
  return film.timeline.tracks.map(({ id }) => id)
}

const config = { id: 'v', codec: 'vp09.00.31.08', width: 1280, height: 720 }
const vp9 = trackOf('video-9', 'video', { configs: [config] })

describe.each(['cenc', 'cbcs'] as const)('a film protected with %s', (scheme) => {
  it('is given without its VP9, because decoders differ in what of a sample stays clear', () => {
    const tracks = [trackOf('video-1', 'video'), vp9, trackOf('audio-2', 'audio')]
    expect(protectedTracks(tracks, scheme)).toEqual(['video-1', 'audio-2'])
  })

  it('is given without pictures that turn to VP9 later', () => {
    const [first] = trackOf('video-1', 'video').configs
    const mixed = trackOf('video-3', 'video', {
      configs: [...(first ? [first] : []), { ...config, id: 'w' }],
    })
    expect(protectedTracks([mixed, trackOf('audio-2', 'audio')], scheme)).toEqual(['audio-2'])
  })

  it('of nothing but VP9 is refused', () => {
    expect(() => protectedTracks([vp9], scheme)).toThrow(
      expect.objectContaining({ code: 'PROTECTION_CODEC', status: 404 }),
    )
  })
})
