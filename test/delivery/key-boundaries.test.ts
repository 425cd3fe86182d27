/** Where keys change: at one moment for all tracks, in both protocols, whatever the tracks' segments are like. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dashMpd, hlsMedia } from '../../lib/delivery/index.ts'
import { onSegments, referenceTrackOf } from '../../lib/delivery/protection/key-boundaries.ts'
import { protectedPresentation } from '../../lib/delivery/protection/protected-film.ts'
import { vodPresentation } from '../../lib/delivery/sources/film.ts'
import type { StoredProtection } from '../../lib/timeline/stored-protection.ts'
import type { KeyPeriod, Segment, Track } from '../../lib/timeline/timeline.ts'
import { segmentsOf, timelineOf, trackOf } from './timelines.ts'

const periods = (...from: readonly number[]): KeyPeriod[] =>
  from.map((at, index) => ({ index, from: at, keys: [] }))
const fours = { segments: segmentsOf(5, 4000), timescale: 1000 }
const moved = (list: readonly KeyPeriod[], timescale = 1000) =>
  onSegments(list, fours, { timescale }).map(({ index, from }) => [index, from])

describe('key periods on segments', () => {
  it('begin with the first segment whose middle they hold', () => {
    expect(moved(periods(0, 5000, 9999))).toEqual([
      [0, 0],
      [1, 4000],
      [2, 8000],
    ])
  })

  it('begin with a segment they halve, in ticks of their own', () => {
    expect(moved(periods(0, 900_000), 90_000)).toEqual([
      [0, 0],
      [1, 720_000],
    ])
  })

  it('are left out where a segment holds them whole, the first one, too', () => {
    expect(moved(periods(0, 300, 1000, 6100, 7000, 8000))).toEqual([
      [2, 0],
      [5, 8000],
    ])
  })

  it('begin as planned behind the last segment, and not before its end', () => {
    expect(moved(periods(0, 19_000, 30_000))).toEqual([
      [0, 0],
      [1, 20_000],
      [2, 30_000],
    ])
  })

  it('go by the pictures of the highest rate, and by sound where there are none', () => {
    const small = trackOf('small', 'video', { bandwidth: { peak: 1, average: 1 } })
    const large = trackOf('large', 'video')
    const winding = trackOf('winding', 'video', { trickOf: 'large', bandwidth: { peak: 1e9, average: 1 } })
    const sound = trackOf('sound', 'audio')
    expect(referenceTrackOf([sound, small, large, winding])?.id).toBe('large')
    expect(referenceTrackOf([winding, sound])?.id).toBe('sound')
  })
})

/** Segments of these lengths, in a clock that divides none of them. */
function cut(seconds: readonly number[], timescale: number, rest: Partial<Segment>): Segment[] {
  let start = 0
  return seconds.map((length, i) => {
    const end = Math.round(seconds.slice(0, i + 1).reduce((sum, one) => sum + one, 0) * timescale)
    const [segment] = segmentsOf(1, end - start, { number: i + 1, start, ...rest })
    start = end
    return segment ?? expect.fail('no segment')
  })
}

const lengths = fc.array(fc.constantFrom(1, 2, 3.003, 4, 4.96, 6, 6.006, 8, 9.5, 12), {
  minLength: 2,
  maxLength: 30,
})
const film = fc.record({
  pictures: lengths,
  rotationSeconds: fc.integer({ min: 10, max: 30 }),
  breaksAt: fc.nat(30),
  /** How many key frames a segment has. */
  windings: fc.constantFrom(1, 2, 3),
})

interface Film {
  readonly pictures: readonly number[]
  readonly rotationSeconds: number
  readonly breaksAt: number
  readonly windings: number
}

function tracksOf({ pictures, breaksAt, windings }: Film): Track[] {
  const breaking = (i: number) => (i === breaksAt ? { discontinuity: true } : {})
  const video = cut(pictures, 30_000, {}).map((one, i) => ({ ...one, ...breaking(i) }))
  // Frames of sound end a little off.
  const sound = pictures.map((_, i) => {
    const end =
      Math.round((pictures.slice(0, i + 1).reduce((sum, one) => sum + one, 0) * 48_000) / 1024) * 1024
    return end / 48_000
  })
  const audio = cut(
    sound.map((end, i) => end - (sound[i - 1] ?? 0)),
    48_000,
    { configId: 'a' },
  ).map((one, i) => ({ ...one, ...breaking(i) }))
  const frames = pictures.flatMap((length) => Array.from({ length: windings }, () => length / windings))
  const winding = cut(frames, 30_000, {}).map((one, i) => ({ ...one, ...breaking(i / windings) }))
  return [
    trackOf('video-1', 'video', { timescale: 30_000, segments: video }),
    trackOf('audio-1', 'audio', { segments: audio }),
    trackOf('video-1-trick', 'video', { timescale: 30_000, trickOf: 'video-1', segments: winding }),
  ]
}

function shown(made: Film, trackIds?: readonly string[]) {
  const whole = tracksOf(made)
  // As it is read for one playlist: other tracks without their segments.
  const tracks = whole.map((track) =>
    trackIds && !trackIds.includes(track.id) ? { ...track, segments: [] } : track,
  )
  const timeline = timelineOf('vod/film', { timescale: 30_000, tracks })
  const seconds = made.pictures.reduce((sum, one) => sum + one, 0)
  const stored: StoredProtection = {
    format: 'headend-protection/1',
    schemes: ['cenc'],
    systems: ['clearkey'],
    sharing: 'shared',
    licenceUrl: 'https://licences.example/licence',
    boxes: {},
    periods: Array.from({ length: Math.ceil(seconds / made.rotationSeconds) }, (_, index) => ({
      index,
      fromMs: index * made.rotationSeconds * 1000,
      keys: [{ label: 'ALL', iv: 'f0'.repeat(16), checksum: '', kid: index.toString(16).padStart(32, '0') }],
    })),
  }
  const read = {
    timeline,
    opening: () => whole,
    track: (trackId: string) => whole.find(({ id }) => id === trackId),
  }
  const protectedOne = protectedPresentation(read, {
    stored,
    scheme: 'cenc',
    clearKeyFormat: 'org.w3.clearkey',
  })
  return vodPresentation(protectedOne.timeline, { ...protectedOne, targetSeconds: 12 })
}

/** `cenc-ALL-1 video-1 7` of every segment. */
const nameOf = (path: string): string =>
  /media\/([^/]+)\/vod\/film\/[^/]+\/([^/]+)\/(\d+)\./.exec(path)?.slice(1).join(' ') ?? path

describe('keys of any film', () => {
  it('are the same in every segment by HLS, read track by track, and by DASH', () => {
    fc.assert(
      fc.property(film, (made) => {
        const hls = ['video-1', 'audio-1', 'video-1-trick'].flatMap((id) => {
          const presentation = shown(made, [id])
          const rendition = presentation.renditions.find((one) => one.id === id) ?? expect.fail(id)
          const { segments } = hlsMedia(presentation, rendition, `vod/film/0123456789abcdef/x/${id}.m3u8`)
          return [...segments].map(({ directory = '', uri }) => nameOf(directory + uri))
        })
        const mpd = dashMpd(shown(made), 'vod/film/index.mpd')
        const dash = mpd.periods.flatMap(({ adaptationSets }) =>
          adaptationSets.flatMap(({ representations }) =>
            representations.flatMap(({ template, list }) =>
              template
                ? [...template.segments].map((_, i) =>
                    nameOf(template.media.replace('$Number$', `${(template.startNumber ?? 1) + i}`)),
                  )
                : (list?.media ?? []).map(nameOf),
            ),
          ),
        )
        expect(dash.toSorted()).toEqual(hls.toSorted())
      }),
      { numRuns: 300 },
    )
  })

  it('open Periods where their first pictures begin, breaks or not', () => {
    fc.assert(
      fc.property(film, (made) => {
        const { periods: list } = dashMpd(shown(made), 'vod/film/index.mpd')
        for (const { startSeconds = 0, adaptationSets } of list) {
          const [pictures] = adaptationSets[0]?.representations ?? []
          const [first] = pictures?.template?.segments ?? []
          expect(first && first.start / 30_000).toBeCloseTo(startSeconds, 4)
        }
      }),
    )
  })

  it('lie within six seconds of their plan, which is what the packager allows', () => {
    fc.assert(
      fc.property(film, (made) => {
        const presentation = shown(made)
        const { segments } = hlsMedia(
          presentation,
          presentation.renditions.find(({ trickOf }) => trickOf) ?? expect.fail('nothing to wind'),
          'vod/film/0123456789abcdef/x/video-1-trick.m3u8',
        )
        let at = 0
        for (const { directory = '', uri, seconds } of segments) {
          const period = Number(/cenc-ALL-(\d+)/.exec(directory + uri)?.[1])
          expect(at - 6).toBeLessThan((period + 1) * made.rotationSeconds)
          expect(at + seconds + 6).toBeGreaterThan(period * made.rotationSeconds)
          at += seconds
        }
      }),
    )
  })
})
