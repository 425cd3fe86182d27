/** MPDs of hours are updated by patches: a patch and the MPD before it are the MPD of now. */
import { describe, expect, it } from 'vitest'
import { liveSource } from '../../lib/channels/source/live-source.ts'
import { respond } from '../../lib/delivery/index.ts'
import { applyPatch, meaningOf } from '../judges/dash/apply-patch.ts'
import { headOf, memoryRoom } from './memory-room.ts'

const begin = 3600 * 496_000 - 100

function roomOf() {
  const room = memoryRoom(headOf(['video-1', 'audio-1'], begin))
  const source = liveSource({ live: room.ports.live, now: () => room.clock.nowMs })
  const reader = { current: async () => undefined, object: async (key: string) => room.object(key) }
  let seconds = 0
  return {
    async run(until: number, lost: readonly number[] = []) {
      for (; seconds < until; seconds += 2)
        for (const id of ['video-1', 'audio-1'])
          if (!lost.includes(seconds)) await room.arrive(id, begin + seconds)
    },
    async ask(query: string) {
      return respond({ method: 'GET', path: 'live/news/index.mpd', query }, reader, [source])
    },
  }
}

const patchQuery = (mpd: string): string =>
  (/<PatchLocation>index\.mpd\?([^<]+)</.exec(mpd)?.[1] ?? '').replaceAll('&amp;', '&')

describe('a patch', () => {
  it('makes the MPD of now of the one before', async () => {
    const room = roomOf()
    await room.run(40)
    let mpd = (await room.ask(`start=${begin}&patch=next`)).body
    for (let at = 44; at <= 200; at += 4) {
      await room.run(at)
      const { body, status, headers } = await room.ask(patchQuery(mpd))
      expect(status).toBe(200)
      expect(headers['content-type']).toBe('application/dash-patch+xml')
      const whole = (await room.ask(`start=${begin}&patch=next`)).body
      const patched = applyPatch(mpd, body)
      expect(meaningOf(patched)).toEqual(meaningOf(whole))
      if (at === 200) console.log(mpd, body)
      mpd = whole
    }
  })
})
