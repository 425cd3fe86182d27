/** Films with faults that many tools write: each plays as its right answer says, or fails with a code. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hlsMultivariant, vodPresentation } from '../../../lib/delivery/index.ts'
import { HeadendError } from '../../../lib/errors.ts'
import { printMultivariantPlaylist } from '../../../lib/formats/hls/print-multivariant.ts'
import type { Track } from '../../../lib/timeline/timeline.ts'
import { corpus } from '../../judges/corpus.ts'
import { deliveredSamples } from '../segments/delivered-samples.ts'
import { fileSource } from './films.ts'
import { type Shelf, shelve } from './shelf.ts'

/** The right answer of one film. */
interface RightAnswer {
  /** Or from and to. */
  readonly seconds: number | readonly [number, number]
  readonly video?: RightTracks
  readonly audio?: RightTracks
  /** Lines the multivariant playlist has. */
  readonly master?: readonly { readonly say: string; readonly has: string }[]
  /** Code of a refusal that is right too; `*` is any. */
  readonly orRefused?: string
}

interface RightTracks {
  /** 1 where absent. */
  readonly tracks?: number
  /** At least and at most. */
  readonly samples: readonly [number, number]
  /** MD5 over the MD5s of the samples in decoding order, with commas between. */
  readonly digest?: string
  /** Seconds at which it begins. */
  readonly from?: number
}

const folder = join(corpus, 'hunt/vod')
const missing = existsSync(folder) ? undefined : `skipped: no films in ${folder}`
const answers: Readonly<Record<string, RightAnswer>> = missing
  ? {}
  : JSON.parse(readFileSync(join(folder, 'expect.json'), 'utf8'))

/** Half a picture, a frame of sound. */
const closeSeconds = 0.0214

describe.skipIf(missing)('a faulty film', () => {
  it.each(Object.keys(answers))('%s plays as it should', expectRight)
})

async function expectRight(name: string): Promise<void> {
  const answer = answers[name]
  if (!answer) throw new Error(`no answer for ${name}`)
  const shelf = await shelvedOrRefused(name, answer)
  if (!shelf) return
  const { seconds, video, audio, master = [] } = answer
  const [least, most] = typeof seconds === 'number' ? [seconds, seconds] : seconds
  expect(shelf.films.durationSeconds).toBeGreaterThan(least - closeSeconds)
  expect(shelf.films.durationSeconds).toBeLessThan(most + closeSeconds)
  await expectTracks(shelf, 'video', video)
  await expectTracks(shelf, 'audio', audio)
  const playlist = printMultivariantPlaylist(
    hlsMultivariant(vodPresentation(shelf.films.timeline), ({ id }) => id),
  )
  for (const { say, has } of master) expect(playlist, say).toMatch(new RegExp(has))
}

/** Undefined where it is refused, and that is right. */
async function shelvedOrRefused(name: string, { orRefused }: RightAnswer): Promise<Shelf | undefined> {
  try {
    return await shelve(fileSource(join(folder, name)))
  } catch (error) {
    if (!(error instanceof HeadendError) || orRefused === undefined) throw error
    if (orRefused !== '*') expect(error.code).toBe(orRefused)
    return undefined
  }
}

async function expectTracks(
  shelf: Shelf,
  type: Track['type'],
  answer: RightTracks | undefined,
): Promise<void> {
  const tracks = shelf.played.filter((track) => track.type === type)
  expect(tracks).toHaveLength(answer ? (answer.tracks ?? 1) : 0)
  for (const track of tracks) {
    const samples = await deliveredSamples(shelf, track)
    const [least = 0, most = 0] = answer?.samples ?? []
    expect(samples.length).toBeGreaterThanOrEqual(least)
    expect(samples.length).toBeLessThanOrEqual(most)
    const digests = samples.map(({ bytes }) => md5(bytes)).join(',')
    if (answer?.digest) expect(md5(Buffer.from(digests))).toBe(answer.digest)
    const start = (track.segments[0]?.start ?? 0) / track.timescale
    if (answer?.from !== undefined) expect(Math.abs(start - answer.from)).toBeLessThan(closeSeconds)
  }
}

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')
