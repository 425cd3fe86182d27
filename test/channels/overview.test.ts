/** A channel's recent past, as the operator's API gives it. */
import { describe, expect, it } from 'vitest'
import { cueOf } from '../../lib/channels/cues/read-cue.ts'
import { memoryApi } from '../api/parts.ts'
import { splice } from './cues/make-cues.ts'
import { headOf, memoryRoom } from './memory-room.ts'

const begin = Date.UTC(2026, 0, 31, 11, 50) / 1000

const iso = (seconds: number): string => new Date((begin + seconds) * 1000).toISOString()

describe('the timeline of a channel', () => {
  it('has breaks with how late they are cut, gaps of each track as one, and new beginnings', async () => {
    const room = memoryRoom(headOf(['video-1', 'audio-2'], begin))
    for (let at = 0; at < 400; at += 2) {
      if (at >= 200 && at < 230) continue
      await room.arrive('video-1', begin + at)
      if (at < 60 || at >= 66) await room.arrive('audio-2', begin + at)
    }
    const cue = (at: number, out: boolean) =>
      cueOf(splice({ id: 1, pts: 0, out }), (begin + at) * 90_000, (begin + at - 8) * 90_000)
    const live = { ...room.ports.live, cues: async () => [cue(100, true), cue(120.5, false)] }
    const { call } = memoryApi({ live })
    const { status, json } = await call('GET', '/v1/channels/news/timeline')
    expect([status, json]).toEqual([
      200,
      {
        start: iso(-3000),
        end: iso(600),
        since: iso(0),
        through: iso(400),
        markers: [
          {
            id: expect.stringMatching(/^[0-9a-f]{12}$/),
            kind: 'break',
            start: iso(100),
            end: iso(120.5),
            startLateMs: 0,
            endLateMs: 1500,
          },
        ],
        gaps: [{ track: 'audio-2', start: iso(60), end: iso(66) }],
        discontinuities: [iso(230)],
      },
    ])
  })

  it.each([
    [`start=${iso(0)}&end=${iso(0)}`, 'CHANNEL_WINDOW'],
    [`start=${iso(-6 * 3600)}&end=${iso(1)}`, 'CHANNEL_WINDOW'],
    ['start=yesterday', 'REQUEST_INVALID'],
  ])('is of some hours: %s is refused', async (query, code) => {
    const { status, json } = await memoryApi().call('GET', `/v1/channels/news/timeline?${query}`)
    expect([status, json]).toMatchObject([400, { error: { code } }])
  })

  it('has the last object that was of no use, of a channel that nothing was taken of, too', async () => {
    const refusal = { path: 'a/seg1.m4s', code: 'FEED_INIT', why: 'expected its init segment', atMs: 0 }
    const room = memoryRoom(headOf(['video-1', 'audio-2'], begin))
    const refused = {
      at: '1970-01-01T00:00:00.000Z',
      object: 'a/seg1.m4s',
      code: 'FEED_INIT',
      message: 'expected its init segment',
    }
    for (const head of [(id: string) => room.ports.live.head(id), async () => undefined]) {
      const live = { ...room.ports.live, head, refusal: async () => refusal }
      const { status, json } = await memoryApi({ live }).call('GET', '/v1/channels/news/timeline')
      expect([status, json]).toMatchObject([200, { markers: [], refused }])
    }
  })

  it('is none of a channel that nothing has come for', async () => {
    const { status, json } = await memoryApi().call('GET', '/v1/channels/news/timeline')
    expect([status, json]).toMatchObject([404, { error: { code: 'CHANNEL_NOT_FOUND' } }])
  })
})
