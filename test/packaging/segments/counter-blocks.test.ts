/**
 * No counter block of AES-CTR is ever used for two different blocks under one key (ISO/IEC 23001-7 9.3): over all
 * tracks, versions and contents that may share it, and over segments that are cut anew.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  segmentEncryptor,
  type TrackIdentity,
} from '../../../lib/packaging/segments/encryption/protect-segment.ts'
import { nodeAes } from '../../../lib/platform/crypto/aes.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { everyFilm } from '../../house/films/every-film.ts'
import { guardedBytes } from '../../judges/cmaf/protection-rules.ts'
import { readCmafTrack } from '../../judges/cmaf/rules.ts'
import { corpusMissing } from '../../judges/corpus.ts'
import { type CounterRun, counterRun, sharedBlocks } from '../../judges/media/counter-blocks.ts'
import { bytesSource, fileSource } from '../films/films.ts'
import { joined, type Shelf, shelveAs } from '../films/shelf.ts'
import { sealedPackager } from './sealed-packager.ts'

const key = new Uint8Array(16).fill(1)
const kid = 'ab'.repeat(16)

/** Every sample's run of counter blocks, of all tracks of a film under one key. */
async function runsOf({ films, reader }: Shelf): Promise<CounterRun[]> {
  const packager = sealedPackager(reader, { kid, key, iv: key })
  const { id, version, tracks } = films.timeline
  const runs: CounterRun[] = []
  for (const track of tracks) {
    if (track.type !== 'video' && track.type !== 'audio') continue
    const get = async (file: string) => {
      const path = `/media/cenc-ALL-0/${id}/${version}/${track.id}/${file}`
      const { status, body, giveBack } = await packager.answer({ method: 'GET', path, headers: {} })
      expect(status).toBe(200)
      const bytes = joined(body)
      giveBack?.()
      return bytes
    }
    for (const { number, cut, configId } of track.segments) {
      const segments = [await get(`${number}.${cut}.m4s`)]
      const { read } = readCmafTrack({ init: await get(`i-${configId}.mp4`), segments })
      for (const { samples } of read?.fragments ?? [])
        for (const [i, sample] of samples.entries())
          runs.push(
            counterRun(
              sample.cover?.iv ?? expect.fail('no IV'),
              guardedBytes(sample),
              `${id} ${version} ${track.id} ${number}.${cut} ${i}`,
            ),
          )
    }
  }
  return runs
}

const films = [
  'mp4/sample.mp4',
  'mp4/sample_av1.mp4',
  'a ladder of three files and sound in two',
  'sound in three languages',
  'two sample descriptions',
  'HEVC with leading pictures',
]

describe('counter blocks of films', () => {
  it.for(films)('%s', async (name, { skip }) => {
    const missing = ffmpegMissing ?? corpusMissing
    skip(missing !== undefined, missing)
    const film = everyFilm.find((one) => one.name === name)
    const files = (await film?.files()) ?? []
    const sources = files.map(({ file }, i) =>
      typeof file === 'string' ? { ...fileSource(file), name: `${i}.mp4` } : bytesSource(file, `${i}.mp4`),
    )
    const runs: CounterRun[] = []
    // The same film again, and as another content: whoever imports keys may give several the same.
    for (const [timelineId, version] of [
      ['vod/film', '0123456789abcdef'],
      ['vod/film', 'fedcba9876543210'],
      ['vod/other', '0123456789abcdef'],
    ] as const)
      runs.push(...(await runsOf(await shelveAs({ timelineId, version }, ...sources))))
    expect(runs.length).toBeGreaterThan(100)
    expect(sharedBlocks(runs)).toBeUndefined()
  })
})

describe('counter blocks of segments that are cut anew', () => {
  const sample = fc.uint8Array({ minLength: 1, maxLength: 200 })
  const track = fc.record({
    samples: fc.array(sample, { minLength: 1, maxLength: 12 }),
    start: fc.nat(2 ** 40),
    duration: fc.integer({ min: 1, max: 100_000 }),
    cuts: fc.array(fc.nat(11), { maxLength: 6 }),
  })
  const identity: TrackIdentity = { timelineId: 'vod/film', version: '1', trackId: 'video-1' }

  it('are used again for the same bytes alone', () => {
    fc.assert(
      fc.property(track, ({ samples, start, duration, cuts }) => {
        const used = new Map<string, string>()
        const whole = [0, samples.length] as const
        // Every pair of cuts: parts that overlap were never delivered together, and share the key all the same.
        const places = [...new Set([...whole, ...cuts.filter((cut) => cut < samples.length)])].toSorted(
          (a, b) => a - b,
        )
        for (const from of places)
          for (const to of places.filter((place) => place > from)) {
            const part = samples.slice(from, to)
            const bytes = Buffer.concat(part)
            const fragment = {
              trackId: 1,
              sequence: 1,
              decodeTime: start + from * duration,
              sizes: Uint32Array.from(part, ({ length }) => length),
              durations: new Uint32Array(part.length).fill(duration),
            }
            const sealer = segmentEncryptor(
              nodeAes,
              { scheme: 'cenc', key },
              { identity, type: 'audio' },
              { fragment, samples: bytes },
            )
            note(used, ivsOf(sealer.head(), part.length), part)
          }
      }),
    )
  })

  /** Throws where a block was used for other bytes before. */
  function note(used: Map<string, string>, ivs: readonly Uint8Array[], samples: readonly Uint8Array[]): void {
    for (const [i, bytes] of samples.entries()) {
      const { nonce, from, to } = counterRun(ivs[i] ?? expect.fail('no IV'), bytes.length, '')
      for (let block = from; block < to; block++) {
        const at = Number(block - from) * 16
        const plain = Buffer.from(bytes.subarray(at, at + 16)).toString('hex')
        const name = `${nonce} ${block}`
        expect(used.get(name) ?? plain).toBe(plain)
        used.set(name, plain)
      }
    }
  }

  /** Of the `senc` at the end of a `moof`, whose samples have no subsamples. */
  function ivsOf(head: Uint8Array, samples: number): Uint8Array[] {
    const at = Buffer.from(head).lastIndexOf('senc') + 12
    return Array.from({ length: samples }, (_, i) => head.subarray(at + 16 * i, at + 16 * i + 16))
  }
})
