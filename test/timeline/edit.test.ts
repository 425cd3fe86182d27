/** The algebra of edit lists: what an edit leaves where it was keeps its numbers, however many edits follow. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hlsMedia } from '../../lib/delivery/index.ts'
import { contentAt, presentationTicks, scaled } from '../../lib/timeline/content-time.ts'
import { clipAfter, clipsOf, ended, spliced, withWindow } from '../../lib/timeline/edit.ts'
import type { Presentation } from '../../lib/timeline/presentation.ts'
import { numbersAt, visibleClips } from '../../lib/timeline/shown.ts'
import { type Printed, printJudged } from '../delivery/printed.ts'
import { presentationOf, renditionOf, segmentsOf, timelineOf, trackOf } from '../delivery/timelines.ts'
import { type Channel, type Edit, edited, newChannel } from './random-edits.ts'

const film = timelineOf('vod/film')
const renditions = film.tracks.map((track) => renditionOf(track))
const frame = { timescale: 90_000, targetSeconds: 6, renditions }

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('grow' as const),
      segments: fc.integer({ min: 1, max: 3 }),
      breaks: fc.constantFrom('none' as const, 'none' as const, 'flag' as const, 'gap' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'trim' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('slide' as const), segments: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('ad' as const),
      which: fc.nat(2),
      mode: fc.constantFrom('over' as const, 'between' as const),
    }),
  },
)

/** Media sequence and discontinuities of every segment shown, by what it is. */
function numbers(presentation: Presentation): Map<string, string> {
  const found = new Map<string, string>()
  for (const rendition of presentation.renditions)
    for (const part of visibleClips(presentation, rendition.id)) {
      for (const [i, { number, cut }] of part.segments.entries()) {
        const at = numbersAt({ ...part, index: part.index + i }, rendition)
        found.set(`${rendition.id} ${part.clip.ordinal} ${number}.${cut}`, `${at.media} ${at.breaks}`)
      }
    }
  return found
}

/** Adds what is shown to what was shown; throws where they differ. */
function note(known: Map<string, string>, { presentation }: Channel): void {
  for (const [what, now] of numbers(presentation)) {
    const before = known.get(what)
    if (before !== undefined && before !== now) throw new Error(`${what}: was ${before}, is ${now}`)
    known.set(what, now)
  }
}

describe('random edits of a channel', () => {
  it('keep the counts of all that stays, ten thousand of them', () => {
    let edits = 0
    fc.assert(
      fc.property(fc.array(edit, { minLength: 100, maxLength: 100 }), (list) => {
        let channel = newChannel()
        const known = new Map<string, string>()
        note(known, channel)
        for (const one of list) {
          channel = edited(channel, one)
          note(known, channel)
          edits++
        }
      }),
      { numRuns: 100 },
    )
    expect(edits).toBeGreaterThanOrEqual(10_000)
  })

  it('obey the judges of reloads in HLS and DASH', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 25, maxLength: 25 }), (list) => {
        let channel = newChannel()
        let previous: Printed | undefined
        for (const one of list) {
          previous = printJudged({ ...channel.presentation, publishedMs: channel.publishedMs }, previous)
          channel = edited(channel, one)
        }
      }),
      { numRuns: 10 },
    )
  })
})

describe('random lists of clips', () => {
  const flaggedTimeline = timelineOf('vod/jumps', {
    tracks: film.tracks.map((track) => ({
      ...track,
      segments: track.segments.map((one) => ({ ...one, discontinuity: one.number % 3 === 0 })),
    })),
  })
  const small = timelineOf('ads/small', {
    timescale: 12_800,
    tracks: [
      trackOf('video-1', 'video', { timescale: 12_800, segments: segmentsOf(4, 64_000) }),
      trackOf('audio-2', 'audio', {
        timescale: 44_100,
        segments: segmentsOf(4, 220_500, { configId: 'a' }),
      }),
    ],
  })
  const mute = { ...small, id: 'ads/mute', tracks: small.tracks.slice(0, 1) }
  const cut = fc
    .record({
      timeline: fc.constantFrom(film, flaggedTimeline, small, mute),
      // Some milliseconds hold the middle of no segment: nothing is shown of such a clip.
      fromMs: fc.integer({ min: 0, max: 15_000 }),
      lengthMs: fc.integer({ min: 1, max: 20_000 }),
    })
    .map(({ timeline, fromMs, lengthMs }) => ({
      timeline,
      from: scaled(fromMs, 1000, timeline.timescale),
      to: scaled(fromMs + lengthMs, 1000, timeline.timescale),
    }))

  it('give every window the numbers that the whole list has', () => {
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 8 }), (cuts) => {
        const whole: Presentation = { ...frame, id: 'live/one', kind: 'live', clips: clipsOf(frame, cuts) }
        for (const { id } of renditions) {
          const all = listed(whole, id)
          for (let second = 0; second < 60; second += 7) {
            const part = listed(withWindow(whole, { from: second * 90_000 }), id)
            expect(part).toEqual(all.slice(all.length - part.length))
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('find each moment of what is shown again', () => {
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 8 }), fc.nat(20_000_000), (cuts, at) => {
        const clips = clipsOf(frame, cuts)
        const found = contentAt({ ...frame, clips }, at)
        if (!found) return
        const { clip, ticks } = found
        expect(ticks).toBeGreaterThanOrEqual(clip.from)
        expect(ticks).toBeLessThan(clip.to ?? 0)
        // To the nearest tick of the coarser timescale.
        expect(Math.abs(presentationTicks(frame, clip, ticks) - at)).toBeLessThanOrEqual(4)
      }),
    )
  })
})

/** A rendition's segments as its playlist names and numbers them: sequence, discontinuities in front, name. */
function listed(presentation: Presentation, id: string): string[] {
  const rendition = presentation.renditions.find((one) => one.id === id)
  if (!rendition) throw new Error(`no rendition ${id}`)
  const { mediaSequence, discontinuitySequence, segments } = hlsMedia(
    presentation,
    rendition,
    'live/one/v/a.m3u8',
  )
  let breaks = discontinuitySequence
  return [...segments].map(({ uri, discontinuity }, i) => {
    if (discontinuity) breaks++
    return `${mediaSequence + i} ${breaks} ${uri}`
  })
}

describe('a splice', () => {
  const spot = timelineOf('ads/spot', {
    tracks: film.tracks.map((track) => ({ ...track, segments: track.segments.slice(0, 2) })),
  })
  const shown = (presentation: Presentation) =>
    presentation.clips.map(({ timeline, from, to, at }) => [
      timeline.id,
      from / 90_000,
      to && to / 90_000,
      at / 90_000,
    ])
  const whole = presentationOf(renditions, [{ timeline: film, from: 0, to: 60 * 90_000 }])
  const cuts = [{ timeline: spot, from: 0, to: 12 * 90_000, role: 'ad' as const }]

  it('over what is shown goes on where as much of it is over', () => {
    expect(shown(spliced(whole, 18 * 90_000, { cuts, mode: 'over' }))).toEqual([
      ['vod/film', 0, 18, 0],
      ['ads/spot', 0, 12, 18],
      ['vod/film', 30, 60, 30],
    ])
  })

  it('between what is shown loses nothing of it', () => {
    expect(shown(spliced(whole, 18 * 90_000, { cuts, mode: 'between' }))).toEqual([
      ['vod/film', 0, 18, 0],
      ['ads/spot', 0, 12, 18],
      ['vod/film', 18, 60, 30],
    ])
  })

  it('in front of all and behind all leaves what is there in one piece', () => {
    const before = spliced(whole, 0, { cuts, mode: 'between' })
    const behind = spliced(whole, 60 * 90_000, { cuts, mode: 'over' })
    expect([shown(before), shown(behind)]).toEqual([
      [
        ['ads/spot', 0, 12, 0],
        ['vod/film', 0, 60, 12],
      ],
      [
        ['vod/film', 0, 60, 0],
        ['ads/spot', 0, 12, 60],
      ],
    ])
  })

  it('over the end leaves nothing behind it, and an end is an end', () => {
    expect(shown(spliced(whole, 54 * 90_000, { cuts, mode: 'over' }))).toEqual([
      ['vod/film', 0, 54, 0],
      ['ads/spot', 0, 12, 54],
    ])
    expect(shown(ended(whole, 18 * 90_000))).toEqual([['vod/film', 0, 18, 0]])
  })

  it('waits for a timeline that has not come to it', () => {
    const open = timelineOf('live/one', { state: 'open', sealedThrough: 12 * 90_000 })
    const [clip] = clipsOf(frame, [{ timeline: open, from: 0, to: 18 * 90_000 }])
    const next = { timeline: spot, from: 0 }
    const early = () => clipAfter(frame, clip, next)
    expect(early).toThrow(expect.objectContaining({ code: 'PRESENTATION_OPEN', status: 500 }))
    const [endless] = clipsOf(frame, [{ timeline: film, from: 0 }])
    expect(() => clipAfter(frame, endless, next)).toThrow(
      expect.objectContaining({ code: 'PRESENTATION_OPEN' }),
    )
    const come = clip && { ...clip, timeline: { ...open, sealedThrough: 18 * 90_000 } }
    expect(clipAfter(frame, come, next).before['video-1']).toEqual({ segments: 3, discontinuities: 0 })
  })
})
