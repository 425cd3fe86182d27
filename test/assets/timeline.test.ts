/** What an operator is shown of a timeline, and how much of it is read for that. */
import { describe, expect, it } from 'vitest'
import type { Timeline as Shown } from '../../lib/assets/api/schemas.ts'
import { encodeTimeline, timelinePrefix } from '../../lib/timeline/stored.ts'
import { decodeColumns } from '../../lib/timeline/stored-columns.ts'
import { noOverlays, type Segment, type Timeline, type Track } from '../../lib/timeline/timeline.ts'
import { assetItem, memoryApi } from '../api/parts.ts'

describe('the timeline of an asset', () => {
  it('says of each track what a drawing and a person need', async () => {
    const { json } = await stage(film).call('GET', '/v1/assets/film/timeline')
    const media = 'https://play.example/media/clear/vod/film/v1/video-1/'
    expect(json).toEqual({
      version: 'v1',
      durationSeconds: 10,
      tracks: [
        {
          id: 'video-1',
          type: 'video',
          timescale: 1000,
          roles: ['main'],
          bandwidth: { peak: 1, average: 1 },
          configs: [{ id: 'c0', codec: 'avc1.64001f', init: `${media}i-c0.mp4` }],
          count: 2,
          media,
          segments: {
            number: 0,
            start: 0,
            durations: [
              [1, 6000],
              [1, 4000],
            ],
            configs: [[2, 'c0']],
            bytes: [1000, 700],
            discontinuities: [1],
          },
        },
      ],
      markers: [{ id: 'ad', kind: 'break', atSeconds: 6, durationSeconds: 2 }],
      clips: [{ role: 'content', fromSeconds: 0, toSeconds: 10 }],
    })
  })

  it('is not there before a version was published', async () => {
    const { call, items } = memoryApi()
    items.set('film', assetItem('film', { version: 'v1' }))
    expect(await call('GET', '/v1/assets/film/timeline')).toMatchObject({
      status: 404,
      json: { error: { code: 'TIMELINE_NOT_FOUND' } },
    })
  })

  it.each(['from=-1', 'from=x', 'from=5&to=5', 'to=0'])('refuses a range that is none: %s', async (query) => {
    expect(await stage(film).call('GET', `/v1/assets/film/timeline?${query}`)).toMatchObject({
      status: 400,
      json: { error: { code: 'REQUEST_INVALID' } },
    })
  })

  it('shows what starts in a range and reads no page beside it', async () => {
    const { read, range } = stage(days)
    const shown = await range('?from=14400&to=14430')
    expect(segmentsOf(shown, 'video-1').map(({ start }) => start / 1000)).toEqual([
      14_400, 14_406, 14_412, 14_418, 14_424,
    ])
    expect(segmentsOf(shown, 'trick')).toHaveLength(30)
    expect(shown).toMatchObject({ durationSeconds: 36_000, tracks: [{ count: 6000 }, { count: 36_000 }] })
    expect(shown.nextSeconds).toBeUndefined()
    expect(read.filter((key) => key.includes('/pages/'))).toHaveLength(2)
  })

  it('comes in answers of bounded size that hold every segment once', async () => {
    const { range, read } = stage(days)
    const got: Record<string, number[]> = { 'video-1': [], trick: [] }
    let answers = 0
    for (let from: number | undefined = 0; from !== undefined; answers++) {
      const before = read.length
      const shown: Shown = await range(`?from=${from}`)
      expect(read.length - before).toBeLessThanOrEqual(1 + 4 + 2)
      for (const id of Object.keys(got)) got[id]?.push(...segmentsOf(shown, id).map(({ number }) => number))
      from = shown.nextSeconds
    }
    expect(answers).toBe(8)
    for (const [id, numbers] of Object.entries(got))
      expect(numbers).toEqual(
        days.tracks.find((track) => track.id === id)?.segments.map(({ number }) => number),
      )
  })
})

/** An API over one stored timeline, and the keys it read. */
function stage(timeline: Timeline) {
  const read: string[] = []
  const objects = new Map<string, string>()
  const prefix = timelinePrefix(timeline.id, timeline.version)
  const { head, parts } = encodeTimeline(timeline)
  for (const { name, text } of [...parts, { name: 'timeline.json', text: head }])
    objects.set(prefix + name, text)
  const { call } = memoryApi({
    assets: {
      asset: () => Promise.resolve(assetItem('film', { version: timeline.version })),
      assets: () => Promise.resolve({ items: [] }),
      object: (key) => Promise.resolve((read.push(key), objects.get(key))),
    },
  })
  const range = async (query: string) => (await call('GET', `/v1/assets/film/timeline${query}`)).json as Shown
  return { call, read, range }
}

const segmentsOf = ({ tracks }: Shown, id: string): Segment[] => {
  const columns = tracks.find((track) => track.id === id)?.segments
  return columns ? decodeColumns(columns) : []
}

const whole = { cut: 0, configId: 'c0', sync: true, gap: 'none', discontinuity: false } as const

const trackOf = (id: string, segments: readonly Segment[], more: Partial<Track> = {}): Track => ({
  id,
  type: 'video',
  timescale: 1000,
  roles: ['main'],
  bandwidth: { peak: 1, average: 1 },
  configs: [{ id: 'c0', codec: 'avc1.64001f' }],
  before: { segments: 0, discontinuities: 0 },
  segments,
  ...more,
})

const timelineOf = (tracks: readonly Track[]): Timeline => ({
  id: 'vod/film',
  version: 'v1',
  timescale: 1000,
  state: 'closed',
  sealedThrough: 0,
  anchors: [],
  overlays: noOverlays,
  tracks,
})

const film: Timeline = {
  ...timelineOf([
    trackOf('video-1', [
      { ...whole, number: 0, start: 0, duration: 6000, bytes: 1000 },
      { ...whole, number: 1, start: 6000, duration: 4000, bytes: 700, discontinuity: true, tags: ['#EXT-X'] },
    ]),
  ]),
  overlays: {
    ...noOverlays,
    markers: { revision: 1, entries: [{ id: 'ad', at: 6000, duration: 2000, kind: 'break' }] },
  },
}

const evenly = (count: number, duration: number): Segment[] =>
  Array.from({ length: count }, (_, number) => ({
    ...whole,
    number,
    start: number * duration,
    duration,
    bytes: 9,
  }))

/** Ten hours. */
const days = timelineOf([
  trackOf('video-1', evenly(6000, 6000)),
  trackOf('trick', evenly(36_000, 1000), { trickOf: 'video-1' }),
])
