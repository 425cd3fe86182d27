/** Playlists of hours are reloaded without the segments a player has: an update and the text before it are the whole. */
import { Parser } from 'm3u8-parser'
import { describe, expect, it } from 'vitest'
import type { Cue } from '../../lib/channels/cues/cue.ts'
import { cueTimescale } from '../../lib/channels/cues/cue.ts'
import { madeOut } from '../../lib/channels/cues/made-cue.ts'
import { liveSource } from '../../lib/channels/source/live-source.ts'
import { respond } from '../../lib/delivery/index.ts'
import type { LiveHead } from '../../lib/timeline/live/head.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { headOf, memoryRoom } from './memory-room.ts'

/** 100 s before a full hour, so that an hour is sealed on the way. */
const begin = 3600 * 496_000 - 100
/** Six target durations of 2 s. */
const boundarySeconds = 12

async function roomOf(more: Partial<LiveHead> = {}, cues: readonly Cue[] = []) {
  const room = memoryRoom({ ...headOf(['video-1', 'audio-1'], begin), ...more })
  const live = { ...room.ports.live, cues: async () => cues }
  const source = liveSource({ live, now: () => room.clock.nowMs })
  const reader = { current: async () => undefined, object: async (key: string) => room.object(key) }
  let seconds = 0
  return {
    async run(until: number, lost: readonly number[] = []) {
      for (; seconds < until; seconds += 2)
        for (const id of ['video-1', 'audio-1'])
          if (!lost.includes(seconds)) await room.arrive(id, begin + seconds)
    },
    async playlist(query = '', file = `w${begin}--`) {
      const path = `media/clear/live/news/0123456789abcdef/video-1/${file}.m3u8`
      const { status, body } = await respond({ method: 'GET', path, query }, reader, [source])
      expect(status, body).toBe(200)
      return body
    },
  }
}

function read(text: string) {
  const parser = new Parser()
  parser.push(text)
  parser.end()
  return parser.manifest
}

const skipOf = (text: string): number => Number(/^#EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)$/m.exec(text)?.[1] ?? 0)
/** Of each segment its URI, duration, date and init segment. */
const segmentsOf = (text: string) =>
  read(text).segments.map(({ uri, duration, programDateTime, map }) => [
    uri,
    duration,
    programDateTime,
    map?.uri,
  ])

describe('a delta update', () => {
  it('is the end of the playlist, and says how much of it is left out, as the hour passes', async () => {
    const room = await roomOf()
    await room.run(40)
    let before = segmentsOf(await room.playlist())
    for (let at = 44; at <= 200; at += 4) {
      await room.run(at)
      const whole = await room.playlist()
      const update = await room.playlist('_HLS_skip=YES')
      const skipped = skipOf(update)
      expect(skipped * 2).toBe(at - boundarySeconds)
      expect(update).toContain('#EXT-X-VERSION:9\n')
      expect(update).toContain(`#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=${boundarySeconds}\n`)
      // What a player has of the playlist before goes in the place of what is left out.
      const merged = [...before.slice(0, skipped), ...segmentsOf(update)]
      expect(merged).toEqual(segmentsOf(whole))
      expect(read(update).mediaSequence).toBe(read(whole).mediaSequence)
      expect([checkMediaPlaylist(whole), checkMediaPlaylist(update)]).toEqual([[], []])
      before = merged
    }
  })

  it('leaves gaps out like other segments', async () => {
    const room = await roomOf()
    await room.run(60, [20])
    const whole = await room.playlist()
    expect(whole).toContain('#EXT-X-GAP')
    expect(skipOf(await room.playlist('_HLS_skip=YES'))).toBe((60 - boundarySeconds) / 2)
  })

  it('is the whole playlist where a discontinuity or a date range would be left out, and where that is not yet so', async () => {
    const paused = await roomOf()
    await paused.run(20)
    await paused.run(
      100,
      [...Array(20).keys()].map((i) => 20 + 2 * i),
    )
    const whole = await paused.playlist()
    expect(whole).toContain('#EXT-X-DISCONTINUITY\n')
    expect(await paused.playlist('_HLS_skip=YES')).toBe(whole)

    const at = (begin + 50) * cueTimescale
    const broken = await roomOf({}, [
      madeOut({ at, saidAt: at, duration: 5 * cueTimescale, returnsItself: true }),
    ])
    await broken.run(58)
    // The break lies within the boundary.
    expect(await broken.playlist()).toContain('#EXT-X-DATERANGE')
    const update = await broken.playlist('_HLS_skip=YES')
    expect(skipOf(update)).toBe((58 - boundarySeconds) / 2)
    expect(update).toContain('#EXT-X-DATERANGE')
    await broken.run(80)
    expect(await broken.playlist('_HLS_skip=YES')).toBe(await broken.playlist())
  })

  it('is offered where a playlist has a beginning and grows, and not where an operator does not want it', async () => {
    const room = await roomOf()
    await room.run(60)
    for (const file of ['live', `w${begin}-${begin + 40}-`]) {
      const whole = await room.playlist('', file)
      expect(whole).not.toContain('SERVER-CONTROL')
      expect(await room.playlist('_HLS_skip=YES', file)).toBe(whole)
    }
    const without = await roomOf({ deltaUpdates: false })
    await without.run(60)
    const whole = await without.playlist()
    expect(whole).not.toContain('SERVER-CONTROL')
    expect(await without.playlist('_HLS_skip=YES')).toBe(whole)
  })
})
