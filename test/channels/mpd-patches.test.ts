/** MPDs of hours are updated by patches: a patch and the MPD before it are the MPD of now. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cue, cueTimescale } from '../../lib/channels/cues/cue.ts'
import { madeOut } from '../../lib/channels/cues/made-cue.ts'
import { liveSource } from '../../lib/channels/source/live-source.ts'
import { respond } from '../../lib/delivery/index.ts'
import type { LiveHead } from '../../lib/timeline/live/head.ts'
import { applyPatch, meaningOf } from '../judges/dash/apply-patch.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { headOf, memoryRoom } from './memory-room.ts'

/** 100 s before a full hour, so that an hour is sealed on the way. */
const begin = 3600 * 496_000 - 100
const trackIds = ['video-1', 'audio-1']

function roomOf(more: Partial<LiveHead> = {}, ids: readonly string[] = trackIds) {
  const cues: Cue[] = []
  let head: LiveHead = { ...headOf(ids, begin), ...more }
  const room = memoryRoom(head)
  const row = async () => ({ head, revision: 1, streams: {}, runs: [] })
  const live = { ...room.ports.live, head: row, cues: async () => cues }
  const source = liveSource({ live, now: () => room.clock.nowMs })
  const reader = { current: async () => undefined, object: async (key: string) => room.object(key) }
  let seconds = 0
  const ask = async (query: string) => {
    room.clock.nowMs += 1000
    const answer = await respond({ method: 'GET', path: 'live/news/index.mpd', query }, reader, [source])
    expect(answer.status, answer.body).toBe(200)
    return answer
  }
  return {
    room,
    cues,
    ask,
    become: (next: Partial<LiveHead>) => {
      head = { ...head, ...next }
    },
    async run(until: number, lost: readonly number[] = []) {
      for (; seconds < until; seconds += 2)
        for (const id of ids) if (!lost.includes(seconds)) await room.arrive(id, begin + seconds)
    },
    whole: async (query = `start=${begin}`) => (await ask(`${query}&patch=next`)).body,
  }
}

type Room = ReturnType<typeof roomOf>

const patchQuery = (mpd: string): string =>
  (/<PatchLocation>index\.mpd\?([^<]+)</.exec(mpd)?.[1] ?? '').replaceAll('&amp;', '&')

const isEnd = (patch: string): boolean => patch.includes('<remove sel="/MPD/PatchLocation[1]"/>')

/** Asks for the patch of an MPD, and sees that it makes the MPD of now of it, or that it ends the patches. */
async function update({ room, ask, whole }: Room, mpd: string): Promise<{ mpd: string; patch: string }> {
  const { body: patch, headers } = await ask(patchQuery(mpd))
  expect(headers).toEqual({
    'content-type': 'application/dash-patch+xml',
    'cache-control': 'public, max-age=1, stale-if-error=10',
  })
  room.clock.nowMs -= 1000
  const now = await whole()
  const patched = applyPatch(mpd, patch)
  if (isEnd(patch)) expect(patched).not.toContain('PatchLocation')
  else expect(meaningOf(patched)).toEqual(meaningOf(now))
  expect(checkMpd(now, { previous: mpd })).toEqual([])
  return { mpd: now, patch }
}

describe('a patch', () => {
  it('is what has come since, as the hour passes', async () => {
    const room = roomOf()
    await room.run(40)
    let mpd = await room.whole()
    for (let at = 44; at <= 200; at += 4) {
      await room.run(at)
      const { mpd: now, patch } = await update(room, mpd)
      expect(isEnd(patch)).toBe(false)
      expect(patch.length).toBeLessThan(1500)
      mpd = now
    }
  })

  it('ends a Period and adds those behind it', async () => {
    const room = roomOf()
    await room.run(40)
    const mpd = await room.whole()
    await room.run(80, [44, 60, 62])
    const { patch } = await update(room, mpd)
    expect(patch.match(/<Period /g)).toHaveLength(2)
    expect(patch).toContain(`<add sel="/MPD/Period[@id='0-0']" type="@duration">PT44S</add>`)
  })

  it('makes the MPD of now, whatever was lost, came late or beside the rest', async () => {
    const steps = fc.array(fc.record({ lost: fc.subarray(trackIds), asks: fc.boolean() }), {
      minLength: 20,
      maxLength: 40,
    })
    const count = { patches: 0, ends: 0 }
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 0, max: 6 }), async (events, late) => {
        const room = roomOf()
        await room.run(20)
        let mpd = await room.whole()
        for (const [i, { lost, asks }] of events.entries()) {
          // Most of what is lost stays lost; one in seven comes three segments later.
          for (const id of trackIds)
            if (!lost.includes(id) || i % 3 > 0) await room.room.arrive(id, begin + 20 + 2 * i)
            else if (i % 7 === late && i > 3) await room.room.arrive(id, begin + 20 + 2 * (i - 3))
          if (!asks) continue
          const { mpd: now, patch } = await update(room, mpd)
          count[isEnd(patch) ? 'ends' : 'patches']++
          mpd = now
        }
      }),
      { numRuns: 25 },
    )
    expect(count.patches).toBeGreaterThan(4 * count.ends)
  })

  it('is of any two MPDs of a window, however far apart', async () => {
    const room = roomOf()
    await room.run(10)
    const first = await room.whole()
    await room.run(400, [100, 200, 202])
    const { patch } = await update(room, first)
    expect(isEnd(patch)).toBe(false)
  })
})
