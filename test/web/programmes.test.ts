import { describe, expect, it } from 'vitest'
import type { ShownChannelTimeline } from '../../lib/channels/overview/schema.ts'
import { parseRoute } from '../../web/src/address.ts'
import { draftOf, newDraft, requestOf } from '../../web/src/channels/programmes/draft.ts'
import {
  breakWords,
  firstPages,
  keptWords,
  type Programme,
  spanWords,
} from '../../web/src/channels/programmes/programme.ts'
import { apiTime, localTime, offersOf } from '../../web/src/channels/programmes/times.ts'

/** A time of here, in the API's words. */
const at = (local: string): string => new Date(local).toISOString()

const programme: Programme = {
  id: 'evening',
  channel: 'news',
  from: at('2026-12-03T20:00:00.250'),
  to: at('2026-12-03T20:30:00'),
  breaks: 'replace',
  replacements: ['one', 'two'],
  state: 'over',
  content: 'presentations/news.evening',
  manifests: { hls: '', dash: '' },
  changedAt: at('2026-12-03T20:00:00'),
}

describe('the times of a form', () => {
  it('are of here, without milliseconds', () => {
    expect(localTime(programme.from)).toBe('2026-12-03T20:00:00')
    expect(localTime('none')).toBe('')
  })

  it('are told to the API as they were where nobody changed them', () => {
    expect(apiTime('2026-12-03T20:00:00', programme.from)).toBe(programme.from)
    expect(apiTime('2026-12-03T20:00:01', programme.from)).toBe(at('2026-12-03T20:00:01'))
    expect(apiTime('', programme.from)).toBe('')
  })
})

describe('what a film may be made of', () => {
  const timeline = (since?: string, through?: string): ShownChannelTimeline => ({
    start: at('2026-12-03T19:30:00'),
    end: at('2026-12-03T20:30:00'),
    ...(since !== undefined && { since: at(since) }),
    ...(through !== undefined && { through: at(through) }),
    markers: [],
    gaps: [],
    discontinuities: [],
  })
  const day = { windowSeconds: 86_400 }

  it('is nothing before anything came', () => expect(offersOf(timeline(), day)).toEqual([]))

  it('is the last ten minutes first, then all of the hour', () => {
    expect(offersOf(timeline('2026-12-03T19:30:00.1', '2026-12-03T20:29:58.9'), day)).toEqual([
      { words: 'the last ten minutes', from: '2026-12-03T20:19:59', to: '2026-12-03T20:29:58' },
      { words: 'all there is of the last hour', from: '2026-12-03T19:30:01', to: '2026-12-03T20:29:58' },
    ])
  })

  it('is all there is where the channel is younger', () => {
    expect(offersOf(timeline('2026-12-03T20:25:00', '2026-12-03T20:29:58'), day)).toEqual([
      { words: 'all there is', from: '2026-12-03T20:25:00', to: '2026-12-03T20:29:58' },
    ])
  })

  it('begins in the window, also when the form is filled in', () => {
    const came = timeline('2026-12-03T19:30:00', '2026-12-03T20:29:58')
    expect(offersOf(came, { windowSeconds: 360 })).toMatchObject([{ from: '2026-12-03T20:25:00' }])
    const ended = timeline('2026-12-03T19:30:00', '2026-12-03T20:10:00')
    expect(offersOf(ended, { windowSeconds: 360 })).toEqual([])
  })

  it('are the programmes that cues tell of, too', () => {
    const markers = [
      { id: '1', kind: 'programme', start: at('2026-12-03T20:00:00'), end: at('2026-12-03T20:15:00') },
      { id: '2', kind: 'break', start: at('2026-12-03T20:05:00'), end: at('2026-12-03T20:06:00') },
      { id: '3', kind: 'programme', start: at('2026-12-03T20:15:00') },
    ] as const
    const came = { ...timeline('2026-12-03T19:30:00', '2026-12-03T20:29:58'), markers: [...markers] }
    expect(offersOf(came, day).slice(2)).toEqual([
      { words: 'programme of 20:00:00', from: '2026-12-03T20:00:00', to: '2026-12-03T20:15:00' },
      { words: 'programme of 20:15:00', from: '2026-12-03T20:15:00', to: '2026-12-03T20:29:58' },
    ])
  })
})

describe('what a form says of a programme', () => {
  it('is what there was where nothing was changed', () => {
    const { from, to, breaks, replacements } = programme
    expect(requestOf(draftOf(programme), programme)).toEqual({ from, to, breaks, replacements })
    const kept = { ...programme, keepUntil: at('2027-12-03T20:00:00.5') }
    expect(requestOf(draftOf(kept), kept)).toMatchObject({ keepUntil: kept.keepUntil })
  })

  it('has assets only where breaks are replaced, and a title only where there is one', () => {
    const offer = { words: '', from: '2026-12-03T20:00:00', to: '2026-12-03T20:10:00' }
    const draft = { ...newDraft(offer), title: ' News ', replacements: 'one,two  three' }
    const times = { from: at(offer.from), to: at(offer.to), title: 'News' }
    expect(requestOf(draft)).toEqual({ ...times, breaks: 'keep' })
    expect(requestOf({ ...draft, breaks: 'replace' })).toEqual({
      ...times,
      breaks: 'replace',
      replacements: ['one', 'two', 'three'],
    })
  })
})

describe('a programme in words', () => {
  it('says the day once, or both', () => {
    expect(spanWords(programme)).toBe('2026-12-03 20:00:00 to 20:30:00')
    expect(spanWords({ ...programme, to: at('2026-12-04T00:30:00') })).toBe(
      '2026-12-03 20:00:00 to 2026-12-04 00:30:00',
    )
  })

  it('says what becomes of breaks', () => {
    expect(breakWords(programme)).toBe('breaks replaced by one, two')
    expect(breakWords({ breaks: 'keep', replacements: [] })).toBe('breaks kept')
    expect(breakWords({ breaks: 'remove', replacements: [] })).toBe('breaks removed')
  })

  it('says until when it plays, as far as that is known', () => {
    const until = at('2026-12-06T20:00:00')
    expect(keptWords(undefined, 0)).toBe(undefined)
    expect(keptWords(until, Date.parse(until) - 1)).toBe('plays until 2026-12-06 20:00')
    expect(keptWords(until, Date.parse(until) + 1)).toBe('its media may be gone')
  })
})

it('pages of programmes are read as far as they were asked for', async () => {
  const read = (next = '0') =>
    Promise.resolve({
      programmes: [{ ...programme, id: next }],
      ...(next !== '2' && { next: String(Number(next) + 1) }),
    })
  const shown = async (count: number) => {
    const { programmes, next } = await firstPages(read, count)
    return [programmes.map(({ id }) => id).join(), next]
  }
  expect(await Promise.all([1, 2, 9].map(shown))).toEqual([
    ['0', '1'],
    ['0,1', '2'],
    ['0,1,2', undefined],
  ])
})

it.each([
  ['#/channels/news.hd/programmes/evening', 'programme'],
  ['#/channels/news/programmes/no.dot', 'unknown'],
  ['#/channels/../programmes/evening', 'unknown'],
  ['#/channels/news', 'channel'],
])('%s is the address of a %s', (hash, view) => expect(parseRoute(hash).view).toBe(view))
