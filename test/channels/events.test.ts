/** Events that come with a feed's segments: they go on with them, on the channel's clock, and MPDs name their kinds. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { ByteReader, boxes, readEmsg } from '../../lib/formats/isobmff/index.ts'
import { feedObject, readFeedStream } from '../../lib/packaging/index.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { corpus, corpusMissing } from '../judges/corpus.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { withMessage } from './cues/make-cues.ts'
import { numberOf, segmentSeconds, startChannels, type Written, writtenBy } from './feeds.ts'
import { bytesIfAny } from './text-objects.ts'

const begin = Date.UTC(2026, 11, 1, 10)
const boxesOf = (bytes: Uint8Array) => [...boxes(new ByteReader(bytes, 0, 'segment'))]
const messagesOf = (bytes: Uint8Array) =>
  boxesOf(bytes).flatMap((box) => (box.type === 'emsg' ? [readEmsg(box)] : []))

describe.skipIf(ffmpegMissing !== undefined)('an event of a CMAF feed', () => {
  let room: Awaited<ReturnType<typeof startChannels>>
  beforeEach(async () => {
    room = await startChannels()
  })
  afterEach(() => room.stop())

  const take = async (written: Written) => {
    const wall = begin + (Math.max(0, numberOf(written.path)) + 1) * segmentSeconds * 1000
    room.clock.nowMs = Math.max(room.clock.nowMs, wall)
    return takeObject(room.ports, room.object(written, wall))
  }

  it.each([
    [0, 1000, 500],
    [1, 1000, 2500],
  ] as const)(
    'of version %i is in its segment, half a second behind the beginning',
    async (version, timescale, time) => {
      const scheme = 'https://aomedia.org/emsg/ID3'
      for (const one of writtenBy('dash', 12)) {
        const has = one.path === 'chunk-stream0-00002.m4s'
        const data = Buffer.from('ID3 of a song')
        await take(
          has ? { ...one, bytes: withMessage(one.bytes, { version, timescale, time, data, scheme }) } : one,
        )
      }
      const start = begin + 2 * segmentSeconds * 1000
      const bytes = await bytesIfAny(room.client, `/video-1/${(start / 1000) * 12_800}.0.m4s`)
      expect(boxesOf(bytes).map(({ type }) => type)).toEqual(['styp', 'emsg', 'moof', 'mdat'])
      expect(messagesOf(bytes)).toEqual([
        expect.objectContaining({
          scheme,
          from: 'track',
          timescale: 12_800,
          time: (start / 1000 + 0.5) * 12_800,
        }),
      ])
      const mpd = (await room.get('index.mpd')).body
      expect(checkMpd(mpd), mpd).toEqual([])
      expect(mpd.match(/<InbandEventStream [^>]*>/g)).toEqual([
        `<InbandEventStream schemeIdUri="${scheme}"/>`,
      ])
    },
  )
})

describe.skipIf(corpusMissing !== undefined)('timed ID3 of a transport stream', () => {
  it('is an event of the track it came with, whole and at its time', async () => {
    const path = join(corpus, 'media/ts/id3-metadata.ts')
    const { tracks } = await readFeedStream('id3', readFileSync(path))
    const [track] = tracks
    if (!track) throw new Error('expected a track')
    const [piece] = track.cutAt([])
    if (!piece) throw new Error('expected a piece')
    const to = { start: track.start + 1000 * track.timescale, duration: track.duration }
    const messages = messagesOf(feedObject(piece, to))
    expect(messages.length).toBeGreaterThan(0)
    expect(new Set(messages.map((one) => one?.id)).size).toBe(messages.length)
    for (const message of messages) {
      if (!message) throw new Error('expected a message')
      expect(message.scheme).toBe('https://aomedia.org/emsg/ID3')
      expect(message.time).toBeGreaterThanOrEqual(to.start - track.timescale)
      expect(message.time).toBeLessThan(to.start + to.duration)
      // A whole tag: its size, seven bits a byte, is what lies behind its header (ID3v2.4 3.1).
      const [a = 0, b = 0, c = 0, d = 0] = message.data.subarray(6, 10)
      expect(Buffer.from(message.data.subarray(0, 3)).toString()).toBe('ID3')
      expect(message.data.length).toBe(10 + a * 2 ** 21 + b * 2 ** 14 + c * 2 ** 7 + d)
    }
  })
})
