/** A film's first seconds in the clear: one boundary for all tracks, in a Period of its own and without a key. */
import { describe, expect, it } from 'vitest'
import { dashMpd, hlsMedia, hlsMultivariant } from '../../lib/delivery/index.ts'
import { protectedPresentation } from '../../lib/delivery/protection/protected-film.ts'
import { vodPresentation } from '../../lib/delivery/sources/film.ts'
import { printMpd } from '../../lib/formats/dash/print-mpd.ts'
import { printMediaPlaylist } from '../../lib/formats/hls/print-media.ts'
import { clearUntil } from '../../lib/timeline/clear-lead.ts'
import type { StoredProtection } from '../../lib/timeline/stored-protection.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { segmentsOf, timelineOf, trackOf } from './timelines.ts'

const facts = { label: 'ALL', iv: 'f0'.repeat(16), checksum: 'Me48z71nuqY=' }
const stored: StoredProtection = {
  format: 'headend-protection/1',
  schemes: ['cenc', 'cbcs'],
  systems: ['clearkey'],
  sharing: 'shared',
  licenceUrl: 'https://licences.example/licence',
  boxes: {},
  periods: [0, 1, 2].map((index) => ({
    index,
    fromMs: index * 20_000,
    keys: [{ ...facts, kid: `${index}`.repeat(32) }],
  })),
}

/** Sound of 6.016 s a segment, beside pictures of 6 s, and key frames that lie elsewhere. */
const sound = trackOf('audio-2', 'audio', { segments: segmentsOf(10, 288_768, { configId: 'a' }) })
const pictures = trackOf('video-1', 'video')
const winding = trackOf('video-1-trick', 'video', {
  trickOf: 'video-1',
  segments: [
    { ...winds(0), duration: 495_000 },
    { ...winds(1), start: 495_000, duration: 81_000 },
    ...segmentsOf(9, 540_000).map((one, i) => ({ ...one, number: 3 + i, start: 576_000 + i * 540_000 })),
  ],
})
function winds(i: number) {
  const [segment] = segmentsOf(1, 540_000)
  if (!segment) throw new Error('expected a segment')
  return { ...segment, number: segment.number + i }
}
const timeline = timelineOf('vod/film', { tracks: [pictures, sound, winding] })

function shown(
  clearLeadSeconds: number | undefined,
  { inBand = false, tracks = timeline.tracks, isOfBefore = false } = {},
) {
  const film = protectedPresentation(
    {
      timeline: { ...timeline, tracks },
      opening: () => tracks,
      track: (trackId) => tracks.find(({ id }) => id === trackId),
    },
    {
      stored: {
        ...stored,
        ...(clearLeadSeconds !== undefined && { clearLeadSeconds }),
        ...(!isOfBefore && { leadPaths: true }),
      },
      scheme: 'cbcs',
      clearKeyFormat: 'org.w3.clearkey',
      inBand,
    },
  )
  const presentation = vodPresentation(film.timeline, film)
  const media = Object.fromEntries(
    presentation.renditions.map((one) => [
      one.id,
      printMediaPlaylist(hlsMedia(presentation, one, `vod/film/v/${one.id}.m3u8`)),
    ]),
  )
  const mpd = printMpd(dashMpd(presentation, 'vod/film/index.mpd'))
  for (const text of Object.values(media)) expect(checkMediaPlaylist(text)).toEqual([])
  expect(checkMpd(mpd), mpd).toEqual([])
  return { media, mpd, keys: hlsMultivariant(presentation, ({ id }) => `v/${id}.m3u8`).sessionKeys ?? [] }
}

/** Segments named under the lead's own URLs; nothing of pictures and sound is named under those of public films. */
function clearCount(text = ''): number {
  expect(text).not.toContain('media/clear/')
  return text.split('\n').filter((line) => /media\/lead-\d+\//.test(line) && line.endsWith('.m4s')).length
}

describe('where a lead ends', () => {
  it.each([
    [0, 0],
    [1, 0],
    [6, 0],
    // Sound ends 16 ms after the pictures.
    [7, 0],
    [8, 6],
    // The key frame of 5.5 s is shown until 6.4 s.
    [14, 12],
    [200, Number.POSITIVE_INFINITY],
  ])('of %i s it is %f s', (lead, until) => {
    expect(clearUntil([pictures, sound], lead)).toBe(until)
  })

  it('is where the first track must be protected', () => {
    expect(clearUntil([pictures, winding], 7)).toBe(5.5)
    expect(clearUntil([], 7)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a film with a clear lead', () => {
  it('is clear up to one boundary in all playlists, and has its key from there on', () => {
    const { media, keys } = shown(14)
    expect(['video-1', 'audio-2'].map((id) => clearCount(media[id]))).toEqual([2, 2])
    expect(media['video-1']?.split('#EXT-X-KEY')).toHaveLength(4)
    expect(media['video-1']?.split('#EXT-X-MAP')).toHaveLength(5)
    expect(keys).toEqual([])
    expect(shown(undefined).keys).toHaveLength(1)
  })

  it('stays under the path it had in a state of before, whose playlists have URLs for ever', () => {
    const { media } = shown(14, { isOfBefore: true })
    expect(Object.values(media).join('\n')).toMatch(/media\/clear\//)
    expect(Object.values(media).join('\n')).not.toMatch(/media\/lead-/)
  })

  it('has a Period of its own for it, in which nothing is protected', () => {
    const { mpd } = shown(14)
    const periods = mpd.split('<Period').slice(1)
    expect(periods.map((text) => /id="([^"]*)" start="([^"]*)"/.exec(text)?.slice(1))).toEqual([
      ['0-0', 'PT0S'],
      ['0-k0', 'PT12S'],
      ['0-k1', 'PT18S'],
      ['0-k2', 'PT42S'],
    ])
    expect(periods.map((text) => text.includes('ContentProtection'))).toEqual([false, true, true, true])
    expect(periods.map((text) => text.includes('media/lead-14/'))).toEqual([true, false, false, false])
    expect(mpd).not.toContain('media/clear/')
  })

  it('leaves no key frame in the clear that is shown after it, though it lies within the Period', () => {
    const { media, mpd } = shown(7, { tracks: [pictures, winding] })
    expect(clearCount(media['video-1'])).toBe(1)
    expect(clearCount(media['video-1-trick'])).toBe(1)
    const templates = mpd
      .split('<Period')
      .slice(1)
      .map((text) => /startNumber="(\d+)"[^>]*media="([^"]*trick)\//.exec(text)?.slice(1))
    const path = 'vod/film/0123456789abcdef/video-1-trick'
    expect(templates.slice(0, 2)).toEqual([
      ['1', `../../media/lead-7/${path}`],
      ['2', `../../media/cbcs-ALL-0/${path}`],
    ])
  })

  it('is all clear where the film is shorter, and protected from its start without a lead', () => {
    expect(shown(60 + 30).mpd).not.toContain('ContentProtection')
    expect(shown(undefined).mpd).not.toMatch(/media\/(clear|lead-)/)
  })

  it('has one Period more where keys change in band', () => {
    const { mpd } = shown(14, { inBand: true })
    const [lead = '', rest = '', ...more] = mpd.split('<Period').slice(1)
    expect(more).toEqual([])
    expect(lead).not.toContain('ContentProtection')
    expect(rest).toContain('media/cbcs-ALL-0-seig/')
    expect(mpd).not.toContain('11111111-1111')
  })
})
