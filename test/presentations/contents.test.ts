/** What sessions and tokens of a presentation are for. */
import { expect, it } from 'vitest'
import { presentationContents } from '../../lib/presentations/index.ts'
import type { PresentationStore } from '../../lib/presentations/store.ts'

const clip = { version: 'v', timescale: 1000, role: 'content', tracks: {} }
const ofChannel = (from: number, to: number, more = {}) => ({
  ...clip,
  timelineId: 'live/news',
  from: from * 1000,
  to: to * 1000,
  breaks: 'keep',
  replacements: [],
  ...more,
})

const shownBy = (clips: readonly object[]) => {
  const stored = { format: 'headend-presentation/1', id: 'presentations/a', targetSeconds: 6, clips }
  const store = {
    row: async () => ({ id: 'presentations/a', version: 'v' }),
    object: async () => JSON.stringify(stored),
  } as unknown as PresentationStore
  return presentationContents(store, 'presentations/a')
}

it('are the contents, and of channels the ranges with half a segment beside them', async () => {
  const spot = { ...clip, timelineId: 'vod/spot', from: 0, to: 4000 }
  const clips = [
    { ...clip, timelineId: 'vod/opener', from: 0, to: 1000 },
    ofChannel(2000, 2600.5, { breaks: 'replace', replacements: [spot] }),
    ofChannel(1000, 1300),
    ofChannel(1304, 1500),
  ]
  expect(await shownBy(clips)).toEqual({
    contents: ['vod/opener', 'live/news', 'vod/spot'],
    spans: {
      'live/news': [
        [997, 1503],
        [1997, 2604],
      ],
    },
  })
})

it('are of assets whole', async () => {
  expect(await shownBy([{ ...clip, timelineId: 'vod/film', from: 0, to: 1 }])).toEqual({
    contents: ['vod/film'],
    spans: {},
  })
})
