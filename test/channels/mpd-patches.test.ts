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

describe('patches end, and a whole MPD is asked for next,', () => {
  it('where a break was announced or a rate was learned', async () => {
    const room = roomOf()
    await room.run(60)
    const mpd = await room.whole()
    const at = (begin + 50) * cueTimescale
    room.cues.push(madeOut({ at, saidAt: at, duration: 5 * cueTimescale, returnsItself: true }))
    const told = await update(room, mpd)
    expect(isEnd(told.patch)).toBe(true)
    expect(told.mpd).toContain('<EventStream')
    await room.run(64)
    const { mpd: next, patch } = await update(room, told.mpd)
    expect(isEnd(patch)).toBe(false)
    room.become({
      tracks: headOf(trackIds, begin).tracks.map((one) => ({ ...one, bandwidth: { peak: 2, average: 2 } })),
    })
    expect(isEnd((await update(room, next)).patch)).toBe(true)
  })

  it('where the channel began anew or its operator wants none', async () => {
    const room = roomOf()
    await room.run(60)
    const mpd = await room.whole()
    room.become({ deltaUpdates: false })
    const { body } = await room.ask(patchQuery(mpd))
    expect(isEnd(body)).toBe(true)
    for (const query of [`start=${begin}`, `start=${begin}&patch=next`]) {
      const whole = (await room.ask(query)).body
      for (const word of ['PatchLocation', '<Location', 'MPD id=']) expect(whole).not.toContain(word)
    }
  })

  it('where the window is over', async () => {
    const room = roomOf()
    await room.run(40)
    const query = `start=${begin}&end=${begin + 60}`
    const mpd = await room.whole(query)
    await room.run(80)
    const { body } = await room.ask(patchQuery(mpd))
    expect(isEnd(body)).toBe(true)
    expect(applyPatch(mpd, body)).not.toContain('PatchLocation')
    const whole = await room.whole(query)
    expect(whole).toContain('type="static"')
    expect(whole).not.toContain('PatchLocation')
  })

  it('where a token says what was never listed', async () => {
    const room = roomOf()
    await room.run(40)
    const mpd = await room.whole()
    const token = new URLSearchParams(patchQuery(mpd)).get('patch') ?? ''
    const [time = '', periods = '', digest = '', counts = ''] = token.split('.')
    expect(counts).toBe('k-k')
    const wrong = [
      [time, periods, digest, 'k-l'],
      [time, periods, digest, 'j-k'],
      [time, periods, digest, '0-k'],
      [time, periods, digest, 'k'],
      [time, periods, digest, 'zzzzzz-zzzzzz'],
      [time, 'zzzzzz', digest, counts],
      [time, '0', digest, counts],
      [time, periods, '0'.repeat(12), counts],
      ['zzzzzzzzz', periods, digest, counts],
    ]
    for (const parts of wrong) {
      const { body } = await room.ask(`start=${begin}&patch=${parts.join('.')}`)
      expect(isEnd(body), parts.join()).toBe(true)
    }
    for (const none of ['', 'x', `${token}.1`, `${token}-${'k-'.repeat(99)}k`, '../..'])
      expect((await room.ask(`start=${begin}&patch=${encodeURIComponent(none)}`)).body).toContain('<MPD ')
  })
})

describe('a PatchLocation', () => {
  it('is in the updates of the first MPD, which names another place for them', async () => {
    const room = roomOf()
    await room.run(40)
    const first = (await room.ask(`start=${begin}`)).body
    expect(first).toContain(`<Location>index.mpd?start=${begin}&amp;patch=next</Location>`)
    expect(first).not.toContain('PatchLocation')
    expect(await room.whole()).not.toContain('<Location>')
    expect([first, await room.whole()].flatMap((text) => checkMpd(text))).toEqual([])
  })

  it('is in no MPD whose window slides, which is the same as ever', async () => {
    const room = roomOf()
    await room.run(40)
    const { body } = await room.ask('')
    for (const word of ['PatchLocation', '<Location', 'MPD id=']) expect(body).not.toContain(word)
    room.room.clock.nowMs -= 1000
    expect((await room.ask('patch=next')).body).toBe(body)
  })

  it('is the same for all within a second, and keeps what the MPD was asked for with', async () => {
    const room = roomOf()
    await room.run(40)
    const query = `start=${begin}&aws.manifestfilter=audio_language%3Ade&time_delay=2`
    const mpd = await room.whole(query)
    expect(patchQuery(mpd)).toContain(`${query}&patch=`)
    room.room.clock.nowMs -= 400
    expect(await room.whole(query)).toBe(mpd)
    room.room.clock.nowMs -= 400
    expect(await room.whole(query)).not.toBe(mpd)
  })

  it('is of few for many who play one window', async () => {
    const room = roomOf()
    await room.run(60)
    const beganMs = room.room.clock.nowMs
    const cache = new Map<string, { readonly body: string; readonly untilMs: number }>()
    let runs = 0
    const get = async (query: string, nowMs: number): Promise<string> => {
      const kept = cache.get(query)
      if (kept && kept.untilMs > nowMs) return kept.body
      runs++
      room.room.clock.nowMs = nowMs - 1000
      const { body } = await room.ask(query)
      cache.set(query, { body, untilMs: nowMs + 1000 })
      return body
    }
    const viewers = Array.from({ length: 60 }, (_, i) => ({
      mpd: '',
      nextMs: i * 17,
      everyMs: 1000 + (i % 7) * 13,
    }))
    for (let ms = 0; ms < 30_000; ms++) {
      if (ms % 2000 === 0) await room.run(60 + ms / 1000)
      for (const viewer of viewers.filter(({ nextMs }) => nextMs <= ms)) {
        viewer.nextMs += viewer.everyMs
        const query = patchQuery(viewer.mpd) || `start=${begin}&patch=next`
        const body = await get(query, beganMs + ms)
        viewer.mpd = body.includes('<Patch ') ? applyPatch(viewer.mpd, body) : body
      }
    }
    // 60 viewers ask 1800 times.
    expect(runs).toBeLessThan(30 * 3)
  })

  it('is asked for twice in a second, and each time anew', async () => {
    const room = roomOf()
    await room.run(40)
    const mpd = await room.whole()
    room.room.clock.nowMs -= 600
    const { body } = await room.ask(patchQuery(mpd))
    const next = applyPatch(mpd, body)
    expect(isEnd(body)).toBe(false)
    room.room.clock.nowMs -= 900
    const { body: another } = await room.ask(patchQuery(next))
    expect(meaningOf(applyPatch(next, another))).not.toEqual(meaningOf(next))
  })

  it('is left out where its token would be longer than the edge lets through', async () => {
    const ids = ['video-1', ...Array.from({ length: 90 }, (_, i) => `audio-${i}`)]
    const room = roomOf({}, ids)
    await room.run(14)
    const mpd = await room.whole()
    expect(mpd).toContain('audio-89')
    expect(mpd).not.toContain('PatchLocation')
  })
})
