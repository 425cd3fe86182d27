/** What differs between two MPDs, and what a patch can not say. */
import { describe, expect, it } from 'vitest'
import { type Mpd, printMpd, printPatch, printPatchEnd } from '../../../lib/formats/dash/index.ts'
import { applyPatch, meaningOf } from '../../judges/dash/apply-patch.ts'

type Set = Mpd['periods'][number]['adaptationSets'][number]
type Timeline = readonly (readonly [start: number, duration: number])[]

const segmentsOf = (timeline: Timeline) => timeline.map(([start, duration]) => ({ start, duration }))
const template = { timescale: 1, presentationTimeOffset: 0, media: '$Time$.m4s' }

const representation = (id: string, timeline: Timeline) => ({
  id,
  bandwidth: 1,
  template: { ...template, segments: segmentsOf(timeline) },
})

const set = (timeline: Timeline, more: Partial<Set> = {}): Set => ({
  id: 0,
  contentType: 'video',
  mimeType: 'video/mp4',
  segmentAlignment: true,
  roles: [],
  representations: [representation('v', timeline)],
  ...more,
})

const mpd = (publishMs: number, sets: readonly Set[], more: Partial<Mpd> = {}): Mpd => ({
  type: 'dynamic',
  id: 'm',
  publishMs,
  profiles: ['urn:mpeg:dash:profile:isoff-live:2011'],
  minBufferSeconds: 2,
  patchUrl: `index.mpd?a=1&patch=${publishMs}`,
  periods: [{ id: 'p', startSeconds: 0, adaptationSets: sets }],
  ...more,
})

const before = mpd(1, [
  set([
    [4, 3],
    [7, 2],
  ]),
])

const { patchUrl: _patchUrl, ...unpatchable } = before

const isMade = (from: Mpd, to: Mpd): boolean => {
  const patch = printPatch(from, to)
  if (patch === undefined) return false
  expect(meaningOf(applyPatch(printMpd(from), patch))).toEqual(meaningOf(printMpd(to)))
  return true
}

describe('a patch', () => {
  it.each<readonly [string, readonly (readonly [number, number])[]]>([
    [
      'a longer run',
      [
        [4, 3],
        [7, 2],
        [9, 2],
      ],
    ],
    [
      'another length',
      [
        [4, 3],
        [7, 2],
        [9, 3],
      ],
    ],
    [
      'both',
      [
        [4, 3],
        [7, 2],
        [9, 2],
        [11, 3],
        [14, 2],
        [16, 2],
      ],
    ],
    [
      'a hole',
      [
        [4, 3],
        [7, 2],
        [19, 2],
      ],
    ],
    [
      'nothing',
      [
        [4, 3],
        [7, 2],
      ],
    ],
  ])('says what came: %s', (_, timeline) => {
    expect(isMade(before, mpd(2, [set(timeline)]))).toBe(true)
  })

  it('goes to the timeline that Representations share', () => {
    const shared = (timeline: Timeline) =>
      set(timeline, { representations: [representation('v', timeline), representation('w', timeline)] })
    const from = mpd(1, [shared([[0, 2]])])
    const to = mpd(2, [
      shared([
        [0, 2],
        [2, 3],
      ]),
    ])
    expect(isMade(from, to)).toBe(true)
    expect(printPatch(from, to)).toContain(
      `sel="/MPD/Period[@id='p']/AdaptationSet[@id='0']/SegmentTemplate/SegmentTimeline"`,
    )
  })

  it('adds, changes and takes attributes away', () => {
    const [from, to] = [
      { segmentAlignment: true, language: 'de' },
      { segmentAlignment: false, startWithSap: 2, language: 'en' },
    ]
    expect(isMade(mpd(1, [set([[0, 2]], from)]), mpd(2, [set([[0, 2]], to)]))).toBe(true)
  })

  it('tells descriptors of one name by their place', () => {
    const of = (values: readonly string[]) => ({
      utcTimings: values.map((value) => ({ schemeIdUri: 'urn:x', value })),
    })
    const from = mpd(1, [], of(['a', 'b']))
    const to = mpd(2, [], of(['a', 'c']))
    expect(isMade(from, to)).toBe(true)
    expect(printPatch(from, to)).toContain('<replace sel="/MPD/UTCTiming[2]/@value">c</replace>')
  })

  it('declares the namespaces that a new Period uses', () => {
    const events = (xml: string) => [
      { schemeIdUri: 'urn:x', timescale: 1, events: [{ id: 1, presentationTime: 0, xml }] },
    ]
    const eventful = {
      id: 'p',
      startSeconds: 0,
      adaptationSets: [],
      eventStreams: events('<scte35:Signal/>'),
    }
    const patch = printPatch(
      mpd(1, [], { periods: [eventful] }),
      mpd(2, [], { periods: [eventful, { ...eventful, id: 'q', startSeconds: 9 }] }),
    )
    expect(patch).toMatch(/<Patch [^>]*xmlns:scte35="http:\/\/www.scte.org\/schemas\/35\/2016"/)
    expect(patch).toContain('<scte35:Signal/>')
  })

  it.each<readonly [string, Mpd]>([
    ['less than before', mpd(2, [set([[4, 3]])])],
    ['nothing any more', mpd(2, [set([])])],
    [
      'other segments before the last',
      mpd(2, [
        set([
          [3, 3],
          [7, 2],
          [9, 2],
        ]),
      ]),
    ],
    [
      'another set',
      mpd(2, [...before.periods.flatMap(({ adaptationSets }) => adaptationSets), set([], { id: 1 })]),
    ],
    [
      'another set in the place of one',
      mpd(2, [
        set(
          [
            [4, 3],
            [7, 2],
          ],
          { id: 3 },
        ),
      ]),
    ],
    [
      'a list',
      mpd(2, [
        set([], {
          representations: [{ id: 'v', bandwidth: 1, list: { ...template, media: [], segments: [] } }],
        }),
      ]),
    ],
    ['no PatchLocation', { ...unpatchable, publishMs: 2 }],
    [
      'another presentation',
      mpd(
        2,
        [
          set([
            [4, 3],
            [7, 2],
          ]),
        ],
        { id: 'n' },
      ),
    ],
    [
      'the time before',
      mpd(1, [
        set([
          [4, 3],
          [7, 2],
        ]),
      ]),
    ],
    [
      'a name of another namespace',
      mpd(2, [
        set([], {
          representations: [
            {
              ...representation('v', [
                [4, 3],
                [7, 2],
              ]),
              supplementalCodecs: 'dvh1',
            },
          ],
        }),
      ]),
    ],
  ])('is none where the MPD has %s', (_, after) => {
    expect(printPatch(before, after)).toBeUndefined()
  })

  it('that ends them takes the PatchLocation away, and nothing else', () => {
    const patched = applyPatch(printMpd(before), printPatchEnd({ id: 'm', publishMs: 1 }))
    expect(meaningOf(patched)).toEqual(meaningOf(printMpd({ ...unpatchable, publishMs: 2 })))
  })
})
