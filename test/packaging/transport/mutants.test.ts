/** Transport streams with changed bytes: each is a film or is refused, and never more is kept than came. */
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { indexAsset } from '../../../lib/packaging/indexing/index-asset.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { bytesSource } from '../films/films.ts'
import { keepIn } from '../films/shelf.ts'
import { avc, joinedStreams, plainStream, streamOf } from './stream-films.ts'

const mutants = 150

/** Numbers that look random and are the same each time (Park and Miller). */
function randomOf(seed: number): (below: number) => number {
  let state = seed + 1
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/** A few changes: bytes, packets that are gone, sent again or elsewhere, an end that is missing. */
function mutantOf(film: Uint8Array, seed: number): Uint8Array {
  const random = randomOf(seed)
  const packets = Array.from({ length: Math.floor(film.length / 188) }, (_, i) =>
    Buffer.from(film.subarray(i * 188, i * 188 + 188)),
  )
  for (let i = random(30); i >= 0; i--) {
    // Tables and headers of packets are where it matters.
    const at = random(2) === 0 ? random(40) : random(packets.length)
    const packet = packets[at] ?? Buffer.alloc(0)
    const what = random(5)
    if (what < 2) packet[random(188)] = random(256)
    else if (what === 2) packet[4 + random(30)] = random(256)
    else if (what === 3) packets.splice(at, 1 + random(3))
    else packets.splice(random(packets.length), 0, packet)
  }
  return Buffer.concat(packets).subarray(0, film.length - random(2) * random(film.length))
}

describe.skipIf(ffmpegMissing !== undefined)('a transport stream made to lie', () => {
  it('ends as a film or with a code', { timeout: 300_000 }, async () => {
    const films = [
      plainStream(),
      streamOf('-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25 -c:a eac3'),
      joinedStreams(plainStream(), streamOf(`${avc} -c:a aac -mpegts_flags +latm`)),
    ]
    const faults: string[] = []
    let played = 0
    for (let seed = 0; seed < mutants; seed++) {
      const bytes = mutantOf(films[seed % films.length] ?? new Uint8Array(0), seed)
      const kept = new Map<string, Uint8Array>()
      try {
        const { timeline } = await indexAsset({
          timelineId: 'vod/film',
          version: '0',
          files: [{ object: { bucket: 'upload', key: 'film.ts' }, source: bytesSource(bytes, 'film.ts') }],
          keep: (name, chunks) => keepIn(kept, name, chunks),
        })
        if (timeline.tracks.length > 0) played++
      } catch (error) {
        if (!(error instanceof HeadendError) || error.status >= 500) faults.push(`${seed}: ${String(error)}`)
      }
      for (const one of kept.values())
        if (one.length > bytes.length) faults.push(`${seed}: ${one.length} bytes of ${bytes.length}`)
    }
    expect(faults).toEqual([])
    expect(played).toBeGreaterThan(mutants / 2)
  })
})
