/** Reads the movie fragments of a film in order, and almost nothing of the media between them. */
import { HeadendError } from '../../errors.ts'
import {
  type Box,
  type BoxHeader,
  ByteReader,
  boxes,
  maxHeader,
  readBoxHeader,
  readSidx,
  shown,
} from '../../formats/isobmff/index.ts'
import type { Source } from './source.ts'

/** Read-ahead of the first reads: short fragments share a read, and small files take few. */
const generousBytes = 16 * 1024
const generousReads = 2
/** Bytes that may be read beyond descriptive boxes; `findMoov` has 16 KB of its own, SEI probing 20. */
const spareBytes = 28 * 1024
/** A box up to this size is read through on the way to the next. */
const smallBytes = 1024
/** Maximum number of reads: a fragment takes one, or two if longer than the last; enough for a day of 3 s fragments. */
export const maxFragmentReads = 2 ** 15
/** Parallel reads if an index locates the fragments. */
const atOnce = 8
/** Limit of one fragment; tables of an hour take some 4 MB. */
const largestMoof = 32 * 2 ** 20
/** Limit of all fragments and their indexes; a day in fragments of 2 s takes some 150 MB. */
const maxDescribedBytes = 512 * 2 ** 20
/** Limit of fragment positions kept from an index; more than can be read are not worth keeping. */
const maxExpected = 2 ** 17

/** The point where fragments ended before the file did, and the reason. */
export interface BrokenEnd {
  readonly atBytes: number
  readonly reason: string
}

/**
 * All `moof` boxes after `from`. A recording that lost power breaks off in one or in its media, and some have other
 * data after the last: everything before counts, and `ended` is called. Throws MP4_TRUNCATED if nothing came before.
 */
export async function* fragmentsOf(
  source: Source,
  from: number,
  ended: (end: BrokenEnd) => void = () => undefined,
): AsyncGenerator<Box> {
  const look = new Look(source)
  let isBegun = false
  let indexedUntil = 0
  let describedBytes = 0
  for (let at = from; at < source.size; ) {
    const header = await headerAt(look, at, source)
    if (header === 'end') return
    const size = header.size ?? source.size - at
    const described = header.type === 'moof' || header.type === 'sidx'
    // An `mdat` that extends beyond the file is judged by its samples, as in an unfragmented film.
    if (header.broken || (at + size > source.size && header.type !== 'mdat')) {
      const broken = header.broken ?? cutOff(header, at + size, source)
      if (!isBegun) throw broken
      return ended({ atBytes: at, reason: broken.message })
    }
    if (described) {
      if (size > largestMoof)
        throw new HeadendError(
          'MP4_MOOF_LARGE',
          `expected a ${header.type} box of at most ${largestMoof} bytes, got ${size} at ${at}`,
        )
      describedBytes += size
      if (describedBytes > maxDescribedBytes)
        throw new HeadendError(
          'MP4_FRAGMENTS_MANY',
          `expected fragments described in at most ${maxDescribedBytes} bytes, got more up to ${at}; write the film in one piece`,
        )
      const withNext = Math.min(size + maxHeader, source.size - at)
      const reader = await look.at(at, withNext)
      const [box] = boxes(new ByteReader(reader.take(size), at))
      if (box?.type === 'moof') {
        isBegun = true
        yield box
      }
      if (box?.type === 'sidx') {
        const starts = readSidx(box)
        indexedUntil = Math.max(indexedUntil, starts.at(-1) ?? 0)
        look.expect(starts.slice(0, -1))
      }
    }
    look.past({ at, size, described, media: header.type === 'mdat' })
    at += size
  }
  if (indexedUntil <= source.size) return
  const short = new HeadendError(
    'MP4_TRUNCATED',
    `expected fragments up to ${indexedUntil} as the index says, the file ends at ${source.size}; it was cut off, upload it again`,
  )
  if (!isBegun) throw short
  ended({ atBytes: source.size, reason: short.message })
}

/** Reads the next box header; a few zeros may end a file. */
async function headerAt(
  look: Look,
  at: number,
  source: Source,
): Promise<'end' | (BoxHeader & { readonly broken?: HeadendError })> {
  const left = source.size - at
  const reader = await look.at(at, Math.min(maxHeader, left))
  if (left < 8) {
    if (reader.take(left).every((byte) => byte === 0)) return 'end'
    const broken = new HeadendError(
      'MP4_TRUNCATED',
      `expected a box at ${at}, the file ends at ${source.size}; it was cut off, upload it again`,
    )
    return { type: '', headerBytes: left, size: left, broken }
  }
  try {
    return readBoxHeader(reader)
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    return { type: '', headerBytes: 8, size: left, broken: error }
  }
}

const cutOff = ({ type }: BoxHeader, end: number, { size }: Source): HeadendError =>
  new HeadendError(
    'MP4_TRUNCATED',
    `expected the ${shown(type)} box to end at ${end}, the file ends at ${size}; it was cut off, upload it again`,
  )

interface Passed {
  readonly at: number
  readonly size: number
  readonly described: boolean
  readonly media: boolean
}

/** A sliding window over the file; its read-ahead is learned from previous fragments. */
class Look {
  readonly #source: Source
  #window = new ByteReader(new Uint8Array(0))
  #reads = 0
  #readBytes = 0
  /** Bytes read that belong to descriptive boxes. */
  #usedBytes = 0
  /** Bytes from the end of the media to the end of the next `moof`. */
  #spanBytes = 0
  #spanFrom = 0
  #lastSpanBytes = smallBytes
  /** Fragment starts from an index; not trusted, only used to read ahead. */
  readonly #expected: number[] = []
  #nextExpected = 0
  readonly #early = new Map<number, Promise<Uint8Array>>()

  constructor(source: Source) {
    this.#source = source
  }

  /** A reader at `at` with at least `needed` bytes after it. */
  async at(at: number, needed: number): Promise<ByteReader> {
    const { origin, bytes } = this.#window
    const held = at >= origin ? bytes.subarray(Math.min(bytes.length, at - origin)) : new Uint8Array(0)
    if (held.length < needed) {
      const more = await this.#more(at + held.length, needed - held.length, held.length)
      const joined = new Uint8Array(held.length + more.length)
      joined.set(held)
      joined.set(more, held.length)
      this.#window = new ByteReader(joined, at)
      if (joined.length < needed) return this.at(at, needed)
    }
    this.#window.position = at - this.#window.origin
    return this.#window
  }

  /** Records a box that was passed, to predict the next ones. */
  past({ at, size, described, media }: Passed): void {
    this.#usedBytes += described || size <= smallBytes ? size : maxHeader
    if (media) this.#spanFrom = at + size
    else if (described) this.#spanBytes = at + size - this.#spanFrom
    if (media && this.#spanBytes > 0) this.#lastSpanBytes = this.#spanBytes
  }

  expect(starts: readonly number[]): void {
    const room = maxExpected - this.#expected.length
    for (const start of starts.slice(0, room)) this.#expected.push(start)
  }

  async #more(from: number, needed: number, held: number): Promise<Uint8Array> {
    const early = this.#early.get(from)
    this.#early.delete(from)
    if (early) return early
    const ahead = Math.max(needed, held > 0 ? 0 : this.#ahead())
    const read = this.#read(from, ahead)
    while ((this.#expected[this.#nextExpected] ?? Number.POSITIVE_INFINITY) <= from) this.#nextExpected++
    if (this.#expected[this.#nextExpected - 1] === from && this.#reads > generousReads) this.#readEarly(ahead)
    return read
  }

  /** Starts reads ahead; their bytes are awaited when needed, if at all. */
  #readEarly(length: number): void {
    const next = this.#nextExpected
    for (const start of this.#expected.slice(next, next + atOnce - 1)) {
      if (length > this.#room() || this.#early.has(start) || start >= this.#source.size) continue
      const bytes = this.#read(start, length)
      bytes.catch(() => undefined)
      this.#early.set(start, bytes)
    }
  }

  #ahead(): number {
    const wanted = this.#reads < generousReads ? generousBytes : this.#lastSpanBytes + maxHeader
    return Math.min(wanted, this.#room())
  }

  #room(): number {
    return Math.max(0, spareBytes - Math.max(0, this.#readBytes - this.#usedBytes))
  }

  #read(from: number, length: number): Promise<Uint8Array> {
    if (++this.#reads > maxFragmentReads)
      throw new HeadendError(
        'MP4_FRAGMENTS_MANY',
        `expected fragments that take at most ${maxFragmentReads} reads, got more up to ${from}; ` +
          'write the film with fragments of several seconds, or in one piece',
      )
    const bytes = Math.min(length, this.#source.size - from)
    this.#readBytes += bytes
    return this.#source.read(from, bytes)
  }
}
