/** A feed whose audio ends and comes back, over the wire: what is printed obeys the judges at every step. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HourToArchive } from '../../lib/channels/archive/hours.ts'
import { runMinute } from '../../lib/channels/clock/minute.ts'
import { clockPorts } from '../../lib/channels/clock/store.ts'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { numberOf, segmentSeconds, startChannels, type Written, writtenBy } from './feeds.ts'

describe.skipIf(ffmpegMissing !== undefined)('a feed whose audio ends', () => {
  let room: Awaited<ReturnType<typeof startChannels>>
  let feed: readonly Written[]
  const warnings: unknown[] = []
  beforeAll(async () => {
    room = await startChannels()
    feed = writtenBy('dash', 100)
  })
  afterAll(() => room.stop())

  const begin = Date.UTC(2026, 11, 1, 10)
  const isAudio = ({ path }: Written): boolean => path.includes('stream1')
  const takeThrough = async (from: number, to: number, only: (written: Written) => boolean) => {
    for (const one of feed) {
      const number = numberOf(one.path)
      if (number < from || number >= to || !only(one)) continue
      const wallMs = begin + (Math.max(0, number) + 1) * segmentSeconds * 1000
      room.clock.nowMs = Math.max(room.clock.nowMs, wallMs)
      await takeObject(room.ports, room.object(one, wallMs))
    }
  }
  const ports = () => ({
    ...clockPorts({
      s3: room.client,
      table: 'channels',
      mediaBucket: 'media',
      archiveQueue: 'none',
      now: () => room.clock.nowMs,
      log: {
        info: () => undefined,
        warn: (message, fields) => void warnings.push([message, fields]),
        error: (message, error) => void warnings.push([message, error]),
      },
    }),
    archive: (hour: HourToArchive) => room.ports.archive(hour),
  })
  const audioUri = (multivariant: string): string | undefined =>
    /TYPE=AUDIO.*URI="([^"]+)"/.exec(multivariant)?.[1]
  /** Both media playlists and the MPD, judged against those of before. */
  const judged = async (uris: readonly string[], before?: readonly string[]) => {
    const texts = await Promise.all([...uris, 'index.mpd'].map(async (uri) => (await room.get(uri)).body))
    for (const [i, text] of texts.entries()) {
      const previous = before?.[i]
      const options = previous === undefined ? {} : { previous }
      const judge = i < uris.length ? checkMediaPlaylist : checkMpd
      expect(judge(text, options), text).toEqual([])
    }
    return texts
  }

  it('goes on without it, offers it to nobody new, and has it again when it comes back', async () => {
    await takeThrough(-1, 11, () => true)
    const multivariant = (await room.get('index.m3u8')).body
    const audio = audioUri(multivariant)
    const [video] = /^[^#\s]\S*\.m3u8$/m.exec(multivariant) ?? []
    if (audio === undefined || video === undefined) throw new Error('a feed has video and audio')
    const uris = [video, audio]
    const whole = await judged(uris)

    await takeThrough(11, 19, (one) => !isAudio(one))
    const ending = await judged(uris, whole)
    expect(ending[1]).toContain('#EXT-X-GAP')
    expect(ending[1]).not.toContain('#EXT-X-DISCONTINUITY\n')

    await takeThrough(19, 38, (one) => !isAudio(one))
    await runMinute(ports())
    const absent = await judged(uris, ending)
    expect(absent[0]).not.toContain('#EXT-X-GAP')
    expect(absent[1]?.match(/#EXT-X-GAP/g)?.length).toBe(absent[1]?.match(/#EXTINF/g)?.length)
    expect(audioUri((await room.get('index.m3u8')).body)).toBeUndefined()
    expect(absent[2]).not.toContain('contentType="audio"')

    await takeThrough(38, 46, () => true)
    const back = await judged(uris, absent)
    for (const text of back.slice(0, 2)) expect(text).toContain('#EXT-X-DISCONTINUITY\n')
    expect(back[1]).toMatch(/#EXT-X-DISCONTINUITY\n(?:#(?!EXT-X-GAP).*\n)*[^#\n]+\.m4s/)
    expect(audioUri((await room.get('index.m3u8')).body)).toBe(audio)
    expect(back[2]).toContain('contentType="audio"')
  })

  it('is said to be silent by when its last segment was written', async () => {
    const real = ports()
    // S3 has a clock of its own, the machine's: here it is ten seconds behind the room's.
    const behindMs = Date.now() - room.clock.nowMs
    room.clock.nowMs += 10_000
    const writtenMs = async (key: string) => ((await real.writtenMs(key)) ?? Number.NaN) - behindMs
    expect(await real.writtenMs('timelines/live/none')).toBeUndefined()
    expect(await runMinute({ ...real, writtenMs })).toMatchObject({
      channels: 1,
      silent: 1,
      failed: 0,
      gapSeconds: 0,
    })
    expect(warnings).toEqual([['clock: input silent', { channel: 'news', seconds: expect.any(Number) }]])
  })
})
