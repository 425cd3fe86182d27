/** Segments as encoders send them: the MediaLive capture of the corpus, and FFmpeg's with B-frames and priming. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { feedObject } from '../../../lib/packaging/feed/feed-object.ts'
import { readFeedSegment } from '../../../lib/packaging/feed/read-segment.ts'
import { corpus, corpusMissing } from '../../judges/corpus.ts'
import { readPackets } from '../../judges/media/packets.ts'

const capture = join(corpus, 'media/cmaf-ingest-medialive')

describe.skipIf(corpusMissing !== undefined)('segments of MediaLive', () => {
  it.each([
    ['video', 'cmfv'],
    ['audio', 'cmfa'],
  ] as const)('have times of the epoch and follow one another: %s', async (kind, ending) => {
    const folder = join(capture, kind)
    const init = readFileSync(join(folder, `init.${ending}`))
    const names = readdirSync(folder)
      .filter((name) => !name.startsWith('init'))
      .toSorted()
    const segments = await Promise.all(
      names.map(async (name) => {
        const media = readFileSync(join(folder, name))
        const [track] = await readFeedSegment(name, init, media)
        if (!track) throw new Error(`${name}: no track`)
        return { track, media }
      }),
    )
    for (const [i, { track }] of segments.entries()) {
      expect(track.type).toBe(kind)
      expect(track.sync).toBe(true)
      expect(track.config.id).toBe(segments[0]?.track.config.id)
      const before = segments[i - 1]?.track
      if (before) expect(track.start).toBe(before.start + before.duration)
      // MediaLive counts from one.
      expect(Math.floor((track.start / track.timescale + 0.1) / 1.92) + 1).toBe(
        Number.parseInt(names[i] ?? '', 10),
      )
    }
    const [first] = segments
    const delivered = Buffer.concat([
      first?.track.init ?? Buffer.alloc(0),
      ...segments.map(({ track }) => feedObject(track, track)),
    ])
    const sent = Buffer.concat([init, ...segments.map(({ media }) => media)])
    const [got, wanted] = [await readPackets(delivered, kind), await readPackets(sent, kind)]
    expect(got).toEqual(wanted)
  })
})
