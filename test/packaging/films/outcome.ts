/** What becomes of a file that nobody can trust: a film whose every segment can be made as promised, or an error. */
import { HeadendError } from '../../../lib/errors.ts'
import { readMoov } from '../../../lib/formats/isobmff/moov.ts'
import { findMoov } from '../../../lib/packaging/reading/find-moov.ts'
import type { ReadTally, Source } from '../../../lib/packaging/reading/source.ts'
import type { CmafRule } from '../../judges/cmaf/rules.ts'
import { bytesSource } from './films.ts'
import { allFaultsOf } from './judged.ts'
import { mediaPath, type Shelf, shelve } from './shelf.ts'

/** `plays`, or the code of the error. */
export type Outcome = 'plays' | HeadendError['code']

/** Rules that hold of everything we write, whatever the film says of itself; what it says it is may be a lie. */
const held: ReadonlySet<CmafRule> = new Set<CmafRule>([
  'box.tree',
  'init.order',
  'init.movie',
  'init.mvhd',
  'init.tkhd-duration',
  'init.hdlr',
  'init.media-header',
  'init.dref',
  'init.tables',
  'init.stsd',
  'init.trex',
  'init.edit-video',
  'init.edit',
  'segment.order',
  'segment.styp',
  'fragment.mfhd',
  'fragment.traf',
  'fragment.tfhd',
  'fragment.defaults',
  'fragment.tfdt',
  'fragment.trun',
  'fragment.data',
  'facts.bytes',
])

/** Requests for a film of no fragments, and more for each of those. */
const mostRequests = 400
/** A film may be delivered some times as large as it is: its heads, its key frames once more. */
const mostGrowth = 8
/** What describes a film may be some times as large as it is, a segment of it counted with what a timeline takes. */
const mostIndexed = 4
const segmentBytes = 200
/** The judge holds every sample as an object; of films of millions the lengths must do. */
const mostJudged = 4 * 2 ** 20

/** What became of it, and the shelf it plays from. */
export interface Judged {
  readonly outcome: Outcome
  readonly shelf?: Shelf
}

/** Indexes a small file, makes every segment and judges it; throws what no file may ever bring about. */
export async function judgedFilm(bytes: Uint8Array, name = 'hostile.mp4'): Promise<Judged> {
  const source = bytesSource(bytes, name)
  return judgedSource(source, { requests: mostRequests, bytes: 3 * bytes.length + 2 ** 20 })
}

/** The same of a file of any size, which may ask for as much as fragments without end would let it. */
async function judgedSource(
  source: Source,
  most: ReadTally = { requests: 2 ** 15 + 100, bytes: 2 ** 30 },
): Promise<Judged> {
  const tally = { requests: 0, bytes: 0 }
  const watched: Source = {
    ...source,
    async read(offset, length) {
      tally.requests++
      tally.bytes += length
      const within = [offset, length].every((value) => Number.isSafeInteger(value) && value >= 0)
      if (!within || offset + length > source.size)
        throw new Error(`${length} bytes asked for at ${offset} of ${source.size}`)
      if (tally.requests > most.requests || tally.bytes > most.bytes)
        throw new Error(`${tally.requests} requests for ${tally.bytes} bytes of ${source.size}`)
      return source.read(offset, length)
    },
  }
  let shelf: Shelf
  try {
    shelf = await shelve(watched)
  } catch (error) {
    return { outcome: codeOf(error, source.name) }
  }
  // What the packager asks for is bounded by the segments.
  tally.requests = tally.bytes = Number.NEGATIVE_INFINITY
  await expectWhole(shelf, source.size)
  await expectAllNamed(shelf, source)
  return { outcome: 'plays', shelf }
}

/** What becomes of a small file. */
export const outcomeOf = async (bytes: Uint8Array): Promise<Outcome> => (await judgedFilm(bytes)).outcome

/** What becomes of a file of any size. */
export const outcomeOfSource = async (source: Source): Promise<Outcome> =>
  (await judgedSource(source)).outcome

function codeOf(error: unknown, name: string): HeadendError['code'] {
  if (!(error instanceof HeadendError)) throw error
  const { code, message, status } = error
  const isFine =
    /^[A-Z0-9]+(_[A-Z0-9]+)+$/.test(code) && status < 500 && message.includes(name) && message.length > 30
  if (!isFine) throw new Error(`${code} (${status}) says "${message}"`, { cause: error })
  return code
}

async function expectWhole(shelf: Shelf, filmBytes: number): Promise<void> {
  const indexed = shelf.films.objects.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const segments = shelf.films.timeline.tracks.reduce((sum, track) => sum + track.segments.length, 0)
  if (Math.max(indexed, segments * segmentBytes) > mostIndexed * filmBytes + 2 ** 16)
    throw new Error(`${indexed} bytes that describe ${segments} segments of a film of ${filmBytes}`)
  let delivered = 0
  for (const track of shelf.films.timeline.tracks) {
    let next = 0
    for (const { number, cut, bytes, start, duration } of track.segments) {
      delivered += bytes
      if (delivered > mostGrowth * filmBytes + 2 ** 20) throw new Error(`${delivered} bytes of ${filmBytes}`)
      if (!(duration > 0) || start < next || !Number.isSafeInteger(start + duration))
        throw new Error(`${track.id}: segment ${number} from ${start} for ${duration} after ${next}`)
      next = start + duration
      const answer = await shelf.get(mediaPath(shelf.films, track.id, `${number}.${cut}.m4s`))
      if (answer.status !== 200 || answer.bytes.length !== bytes)
        throw new Error(
          `${track.id}: segment ${number} of ${bytes} bytes, got ${answer.status} with ${answer.bytes.length}`,
        )
    }
    if (filmBytes > mostJudged) continue
    const faults = (await allFaultsOf(shelf, track)).filter(({ rule }) => held.has(rule))
    if (faults.length > 0) throw new Error(`${track.id}: ${JSON.stringify(faults)}`)
  }
}

/** A track that is gone is named with the reason. */
async function expectAllNamed({ films }: Shelf, source: Source): Promise<void> {
  const { traks } = readMoov(await findMoov(source))
  const played = films.timeline.tracks.filter(({ trickOf }) => trickOf === undefined).length
  const named = films.skipped.filter(({ code }) => code !== 'PACKAGING_MEDIA_HIDDEN')
  if (played + named.length < traks.length)
    throw new Error(
      `${traks.length} tracks go in, ${played} play, ${named.length} are named: ${JSON.stringify(named)}`,
    )
  for (const { code, reason } of films.skipped)
    if (!/^[A-Z0-9]+(_[A-Z0-9]+)+$/.test(code) || reason.length < 20) throw new Error(`${code}: ${reason}`)
}
