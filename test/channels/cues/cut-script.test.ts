/** Forty cues of all kinds in two minutes: every boundary is one of a segment, at its key frame, and the cadence stays. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { takeObject } from '../../../lib/channels/ingest/take-object.ts'
import { overviewOf } from '../../../lib/channels/overview/overview.ts'
import { readFeedSegment } from '../../../lib/packaging/index.ts'
import { hourOf, minuteOf } from '../../../lib/timeline/live/head.ts'
import { liveObjects } from '../../../lib/timeline/live/placement.ts'
import { segmentFile } from '../../../lib/timeline/media-path.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { numberOf, segmentSeconds, startChannels, type Written, writtenBy } from '../feeds.ts'
import { withCues } from './cued-stream.ts'
import { splice, timeSignal, withMessage } from './make-cues.ts'

const begin = Date.UTC(2026, 11, 1, 10)
const feedSeconds = 120
const kinds = ['pair', 'returns itself', 'opportunity', 'early return', 'provider ad'] as const

/** On frames of 25 a second, here and there in their segments. */
const breaks = Array.from({ length: 20 }, (_, i) => {
  const out = Math.round((4 + 5.6 * i + 0.04 * (i % 7)) * 25) / 25
  return { id: i + 1, kind: kinds[i % kinds.length] ?? 'pair', out, back: Math.round((out + 2.4) * 25) / 25 }
})
/** The last one's cue is 20 ms before its key frame. */
const early = 0.02
const saidOut = ({ id, out }: (typeof breaks)[number]): number => (id === breaks.length ? out - early : out)

const ticks = (seconds: number): number => Math.round(seconds * 90_000)

/** Sections of a break, and when they mean; `pts` of the feed's beginning. */
function cuesOf(one: (typeof breaks)[number], pts: number): readonly { at: number; bytes: Uint8Array }[] {
  const { id, kind, back } = one
  const out = saidOut(one)
  const [from, to] = [pts + ticks(out), pts + ticks(back)]
  const duration = ticks(back - out)
  switch (kind) {
    case 'pair':
      return [
        { at: out, bytes: splice({ id, pts: from, out: true }) },
        { at: back, bytes: splice({ id, pts: to }) },
      ]
    case 'returns itself': {
      const bytes = splice({ id, pts: from, out: true, duration, autoReturn: true })
      return [
        { at: out, bytes },
        { at: out, bytes },
      ]
    }
    case 'early return':
      return [
        { at: out, bytes: splice({ id, pts: from, out: true, duration: ticks(30), autoReturn: true }) },
        { at: back, bytes: splice({ id, pts: to }) },
      ]
    case 'opportunity':
    case 'provider ad': {
      const typeId = kind === 'opportunity' ? 0x34 : 0x30
      return [
        { at: out, bytes: timeSignal({ id, typeId, pts: from, duration }) },
        { at: back, bytes: timeSignal({ id, typeId: typeId + 1, pts: to }) },
      ]
    }
  }
}

const keys = [
  ...Array.from({ length: feedSeconds / segmentSeconds }, (_, i) => i * segmentSeconds),
  ...breaks.flatMap(({ out, back }) => [out, back]),
].toSorted((a, b) => a - b)
const forced = `-force_key_frames ${keys.join()}`
const hevc = '-c:v libx265 -forced-idr 1 -tag:v hvc1 -x265-params open-gop=0:log-level=none'

/** Each cue of CMAF, too, in the two segments before its own. */
const isHere = (at: number, index: number): boolean =>
  [1, 2].includes(Math.floor(at / segmentSeconds) - index)

async function transportFeed(): Promise<readonly Written[]> {
  const plain = writtenBy('ts', feedSeconds, forced)
  const cued = await withCues(plain, (firstPts) => breaks.flatMap((one) => cuesOf(one, firstPts)))
  return cued.feed
}

async function cmafFeed(): Promise<readonly Written[]> {
  const plain = writtenBy('dash', feedSeconds, `${forced} ${hevc}`)
  const bytesOf = (name: string) => plain.find(({ path }) => path === name)?.bytes ?? new Uint8Array(0)
  const [track] = await readFeedSegment(
    'first',
    bytesOf('init-stream0.m4s'),
    bytesOf('chunk-stream0-00001.m4s'),
  )
  const { start = 0, timescale = 1 } = track ?? {}
  const cues = breaks.flatMap((one) => cuesOf(one, 0))
  return plain.map(({ path, bytes }) => ({
    path,
    bytes: path.startsWith('chunk-stream0')
      ? cues
          .filter(({ at }) => isHere(at, numberOf(path) - 1))
          .reduce(
            (media, { at, bytes: data }) =>
              withMessage(media, { version: 1, timescale, time: start + Math.round(at * timescale), data }),
            bytes,
          )
      : bytes,
  }))
}

describe.skipIf(ffmpegMissing !== undefined).each([
  ['transport streams of AVC', transportFeed],
  ['CMAF of HEVC', cmafFeed],
] as const)('forty cues in %s', (_, feedOf) => {
  const scratch = mkdtempSync(join(tmpdir(), 'headend-cuts-'))
  let room: Awaited<ReturnType<typeof startChannels>> | undefined
  afterAll(async () => {
    await room?.stop()
    rmSync(scratch, { recursive: true })
  })

  it('each begin and end a segment at its key frame, and leave the others where they were', async () => {
    const feed = await feedOf()
    room = await startChannels()
    for (const one of feed) {
      const wall = begin + (Math.max(0, numberOf(one.path)) + 1) * segmentSeconds * 1000
      room.clock.nowMs = Math.max(room.clock.nowMs, wall)
      await takeObject(room.ports, room.object(one, wall))
    }
    const { live } = room.ports
    const row = await live.head('live/news')
    if (!row) throw new Error('a feed has a head')
    const { head } = row
    const [from, to] = [begin / 1000 - 60, begin / 1000 + feedSeconds + 60]
    const [cues, rows] = [
      await live.cues(head, hourOf(from), hourOf(to)),
      await live.minutes(head, minuteOf(from), minuteOf(to)),
    ]
    const video = head.tracks.find(({ type }) => type === 'video')
    const segments = rows
      .filter(({ trackId }) => trackId === video?.id)
      .flatMap((one) => one.segments)
      .toSorted((a, b) => a.start - b.start)
    const { timescale = 1, id = '', configs = [] } = video ?? {}
    const zero = segments[0]?.start ?? 0
    const starts = segments.map(({ start }) => start - zero)
    const wanted = [...new Set(keys)].map((seconds) => Math.round(seconds * timescale))
    // To the tick, and none besides.
    expect(starts).toEqual(wanted)

    const { markers } = overviewOf({ head, cues, rows, from, to })
    expect(markers).toHaveLength(breaks.length)
    for (const [i, marker] of markers.entries()) {
      const { out, back } = breaks[i] ?? { out: 0, back: 0 }
      expect(marker.from - zero / timescale).toBeCloseTo(saidOut(breaks[i] ?? (breaks[0] as never)), 2)
      expect((marker.to ?? 0) - zero / timescale).toBeCloseTo(back, 2)
      expect(marker.beginsLate, `break ${i + 1} at ${out}`).toBeCloseTo(
        i === breaks.length - 1 ? early : 0,
        2,
      )
      expect(marker.endsLate).toBeCloseTo(0, 2)
    }

    const folder = liveObjects(head.id, head.version, id)
    const init = await room.ports.object(`${folder}i-${configs[0]?.id}.mp4`)
    for (const seconds of breaks.flatMap(({ out, back }) => [out, back])) {
      const segment = segments.find(({ start }) => start - zero === Math.round(seconds * timescale))
      const media = await room.ports.object(folder + segmentFile(segment?.number ?? 0, segment?.cut ?? 0))
      const file = join(scratch, 'cut.mp4')
      writeFileSync(file, Buffer.concat([init ?? Buffer.alloc(0), media ?? Buffer.alloc(0)]))
      const shown = execFileSync('ffprobe', [
        ...'-v error -select_streams v -read_intervals %+#1 -show_entries frame=key_frame,pts -of csv=p=0'.split(
          ' ',
        ),
        file,
      ])
      expect(shown.toString().trim().replace(/,$/, '')).toBe(`1,${segment?.start}`)
    }
  })
})
