/** Sample tables of a fragmented film, in the same columns as those of an unfragmented one. */
import { HeadendError } from '../../errors.ts'
import {
  addDescription,
  type DescriptionRun,
  eachFragmentSample,
  type FragmentSample,
  type Movie,
  maxSamples,
  readMoof,
  type SampleTable,
} from '../../formats/isobmff/index.ts'
import { type BrokenEnd, fragmentsOf } from './fragments.ts'
import type { SampleBudget } from './sample-budget.ts'
import type { Source } from './source.ts'

/** The samples of one track in fragments. */
export interface FragmentTable {
  readonly samples: SampleTable
  /** No fragment states a decode time: the first follows the samples of the `moov`. */
  readonly untimed: boolean
  /** The point where the recording broke off, if it did. */
  readonly brokenEnd?: BrokenEnd
}

/**
 * Tables by track; empty if the film has no fragments. `from` is the end of the `moov`, `budget` limits the samples.
 */
export async function readFragmentTables(
  source: Source,
  movie: Movie,
  { from, budget }: { readonly from: number; readonly budget?: SampleBudget },
): Promise<ReadonlyMap<number, FragmentTable>> {
  const { fragmentDefaults } = movie
  const columns = new Map<number, Columns>()
  const tables = new Map<number, FragmentTable>()
  if (!fragmentDefaults) return tables
  const clocks = new Map<number, number>()
  const timed = new Set<number>()
  let brokenEnd: BrokenEnd | undefined
  let declared = 0
  for await (const box of fragmentsOf(source, from, (end) => {
    brokenEnd ??= end
  })) {
    const moof = readMoof(box)
    const cut = new Set<number>()
    for (const { header, decodeTime, runs } of moof.tracks) {
      if (decodeTime !== undefined) timed.add(header.trackId)
      for (const { count } of runs) {
        declared += count
        if (declared > source.size) throw tooMany(declared, source)
        budget?.takeSamples(count, `track ${header.trackId}, moof at ${box.at}`)
      }
    }
    for (const sample of eachFragmentSample(moof, fragmentDefaults, clocks)) {
      const { trackId, offset, size } = sample
      if (offset + size > source.size || cut.has(trackId)) {
        // Samples after the first missing one would be shown too early.
        cut.add(trackId)
        continue
      }
      if (brokenEnd) throw truncated(brokenEnd)
      const of = columns.get(sample.trackId) ?? new Columns(source.size)
      columns.set(sample.trackId, of)
      of.add(sample)
    }
    if (cut.size > 0)
      brokenEnd ??= {
        atBytes: source.size,
        reason: `expected the media of the moof at ${box.at}, the file ends at ${source.size}`,
      }
  }
  if (brokenEnd && columns.size === 0) throw truncated(brokenEnd)
  for (const [trackId, of] of columns)
    tables.set(trackId, {
      samples: of.table(),
      untimed: !timed.has(trackId),
      ...(brokenEnd && { brokenEnd }),
    })
  return tables
}

/** The error for too many samples: runs without columns take no bytes, and empty samples would exhaust the memory. */
const tooMany = (count: number, { size }: Source): HeadendError =>
  new HeadendError(
    'MP4_SAMPLES_MANY',
    `expected samples of a byte and more, got ${count} samples in a file of ${size} bytes`,
  )

/** The error for a recording that broke off before any sample, or that has samples after the break. */
const truncated = ({ reason }: BrokenEnd): HeadendError =>
  new HeadendError('MP4_TRUNCATED', `${reason.split(';')[0]}; it was cut off, upload it again`)

/** Joins the samples of the `moov` and those of the fragments after it. */
export function joinTables(inMoov: SampleTable, { samples, untimed }: FragmentTable): SampleTable {
  const end = inMoov.decodeTimes[inMoov.count] ?? 0
  const decodeTimes = untimed ? samples.decodeTimes.map((time) => time + end) : samples.decodeTimes
  const { rollDistance, repairs } = inMoov
  if (inMoov.count === 0) return { ...samples, decodeTimes, ...(rollDistance && { rollDistance }) }
  const first = inMoov.count
  const count = first + samples.count
  checkCount(count)
  const joined = {
    sizes: new Uint32Array(count),
    offsets: new Float64Array(count),
    decodeTimes: new Float64Array(count + 1),
    compositionOffsets: new Int32Array(count),
    sync: new Uint8Array(count).fill(1),
  }
  joined.sizes.set(inMoov.sizes)
  joined.sizes.set(samples.sizes, first)
  joined.offsets.set(inMoov.offsets)
  joined.offsets.set(samples.offsets, first)
  joined.decodeTimes.set(inMoov.decodeTimes)
  joined.decodeTimes.set(decodeTimes, first)
  if (inMoov.compositionOffsets) joined.compositionOffsets.set(inMoov.compositionOffsets)
  if (samples.compositionOffsets) joined.compositionOffsets.set(samples.compositionOffsets, first)
  if (inMoov.sync) joined.sync.set(inMoov.sync)
  if (samples.sync) joined.sync.set(samples.sync, first)
  const descriptions = [...inMoov.descriptions]
  for (const { from, description } of samples.descriptions)
    addDescription(descriptions, { from: first + from, description })
  return {
    count,
    ...joined,
    descriptions,
    ...(rollDistance && { rollDistance }),
    ...(repairs && { repairs }),
  }
}

/** Throws MP4_FRAGMENT_ORDER for decode times that run backwards, which would make negative durations. */
export function checkOrder({ count, decodeTimes }: SampleTable, trackId: number): void {
  for (let i = 0; i < count; i++) {
    const [time = 0, next = 0] = [decodeTimes[i], decodeTimes[i + 1]]
    if (next < time || next - time > 0xffffffff || next > Number.MAX_SAFE_INTEGER)
      throw new HeadendError(
        'MP4_FRAGMENT_ORDER',
        `track ${trackId}: expected fragments in the order of their times, got ${next} after ${time} at sample ${i + 2}; ` +
          'upload each recording as a film of its own',
      )
  }
}

function checkCount(count: number): void {
  if (count > maxSamples)
    throw new HeadendError('MP4_SAMPLES_MANY', `expected at most ${maxSamples} samples in a track, got more`)
}

/** Growing columns of samples. */
class Columns {
  readonly #fileBytes: number
  readonly #descriptions: DescriptionRun[] = []
  #count = 0
  #bytes = 0
  #end = 0
  #sizes = new Uint32Array(256)
  #offsets = new Float64Array(256)
  #times = new Float64Array(256)
  #compositions = new Int32Array(256)
  #syncs = new Uint8Array(256)

  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes
  }

  add({ size, offset, decodeTime, presentationTime, duration, sync, description }: FragmentSample): void {
    if (offset < 0 || offset + size > this.#fileBytes)
      throw new HeadendError(
        'MP4_TRUNCATED',
        `samples lie at bytes ${offset} to ${offset + size}, the file ends at ${this.#fileBytes}; it was cut off, upload it again`,
      )
    this.#bytes += size
    if (this.#bytes > this.#fileBytes)
      throw new HeadendError(
        'MP4_SAMPLES_OVERLAP',
        `expected samples that lie beside one another, got ${this.#bytes} bytes of them in a file of ${this.#fileBytes}`,
      )
    const i = this.#count
    checkCount(i + 1)
    if (i === this.#sizes.length) this.#grow(i * 2)
    this.#sizes[i] = size
    this.#offsets[i] = offset
    this.#times[i] = decodeTime
    this.#compositions[i] = presentationTime - decodeTime
    this.#syncs[i] = sync ? 1 : 0
    addDescription(this.#descriptions, { from: i, description })
    this.#end = decodeTime + duration
    this.#count++
  }

  table(): SampleTable {
    const count = this.#count
    const decodeTimes = new Float64Array(count + 1)
    decodeTimes.set(this.#times.subarray(0, count))
    decodeTimes[count] = this.#end
    const compositionOffsets = this.#compositions.slice(0, count)
    const sync = this.#syncs.slice(0, count)
    return {
      count,
      sizes: this.#sizes.slice(0, count),
      offsets: this.#offsets.slice(0, count),
      decodeTimes,
      ...(compositionOffsets.some((offset) => offset !== 0) && { compositionOffsets }),
      ...(sync.includes(0) && { sync }),
      descriptions: this.#descriptions,
    }
  }

  #grow(length: number): void {
    this.#sizes = grown(this.#sizes, new Uint32Array(length))
    this.#offsets = grown(this.#offsets, new Float64Array(length))
    this.#times = grown(this.#times, new Float64Array(length))
    this.#compositions = grown(this.#compositions, new Int32Array(length))
    this.#syncs = grown(this.#syncs, new Uint8Array(length))
  }
}

function grown<Values extends { set(values: Values): void }>(from: Values, to: Values): Values {
  to.set(from)
  return to
}
