/** Delivers a segment as its bytes arrive: its head, then its samples in order. */
import { HeadendError } from '../../errors.ts'
import type { ObjectRef } from '../../timeline/placement.ts'
import type { MediaReader } from './media-reader.ts'
import type { PlannedRead } from './read-plan.ts'

/** The planned reads of an object. */
export interface Reading {
  readonly reader: MediaReader
  readonly object: ObjectRef
  readonly reads: readonly PlannedRead[]
}

/** The parts of a segment to deliver; the reads together cover its bytes from `from` to before `until`. */
export interface Fetching extends Reading {
  /** The requested part of the segment's head; sent as soon as storage has responded. */
  readonly head: Uint8Array
  readonly from: number
  readonly until: number
}

/** Retries for the remaining bytes when storage drops a connection. */
const maxRetries = 2

/**
 * Resolves when every read has been answered, so that errors are known before the first byte is sent. A single read in
 * segment order, the usual case, is streamed chunk by chunk without buffering; otherwise the reads run in parallel into
 * one buffer of the requested length.
 */
export async function fetchSamples(fetching: Fetching): Promise<AsyncIterable<Uint8Array>> {
  const abort = new AbortController()
  return sent(fetching, await open(fetching, abort), abort)
}

/** A buffer to read into. */
export interface Target {
  readonly bytes: Uint8Array
  /** The value of `to` at its first byte. */
  readonly start: number
}

/**
 * Reads in parallel into a buffer; settles when no read is running. If one read brings all parts in order, the usual
 * case, `arrived` is called with the byte, counted from the start of the buffer, before which all have arrived.
 */
export async function fetchSamplesInto(
  { bytes, start }: Target,
  reading: Reading,
  arrived?: (until: number) => void,
): Promise<void> {
  const abort = new AbortController()
  const opened = await open(reading, abort)
  const failures: unknown[] = []
  const target = { bytes, start, arrived: isStraight(reading.reads) ? arrived : undefined }
  await Promise.all(
    opened.map((one) =>
      fill(reading, one, target).catch((error: unknown) => {
        failures.push(error)
        abort.abort()
      }),
    ),
  )
  if (failures.length > 0) throw failures[0]
}

async function open({ reader, object, reads }: Reading, abort: AbortController): Promise<Opened[]> {
  const { signal } = abort
  const opening = reads.map(({ range }) => reader.stream(object, range, signal))
  // All are awaited together below; until then a rejection must not count as unhandled.
  for (const one of opening) one.catch(() => undefined)
  try {
    const streams = await Promise.all(opening)
    return reads.map((read, i) => ({ read, stream: streams[i], signal }))
  } catch (error) {
    abort.abort()
    throw error
  }
}

async function* sent(
  fetching: Fetching,
  opened: readonly Opened[],
  abort: AbortController,
): AsyncGenerator<Uint8Array> {
  const { head, reads } = fetching
  let complete = false
  try {
    if (head.length > 0) yield head
    if (isStraight(reads)) yield* straight(fetching, opened)
    else yield* assembled(fetching, opened)
    complete = true
  } finally {
    // An aborted consumer or an error leaves reads running.
    if (!complete) abort.abort()
  }
}

/** Whether a single read brings the parts in order. */
const isStraight = ([read, ...others]: readonly PlannedRead[]): boolean =>
  read !== undefined &&
  others.length === 0 &&
  read.parts.every(({ to, offset }, i) => {
    const before = read.parts[i - 1]
    return !before || (before.to < to && before.offset + before.length <= offset)
  })

interface Opened {
  readonly read: PlannedRead
  readonly stream: AsyncIterable<Uint8Array> | undefined
  readonly signal: AbortSignal
}

async function* straight(fetching: Fetching, opened: readonly Opened[]): AsyncGenerator<Uint8Array> {
  for (const one of opened) {
    const { parts } = one.read
    let next = 0
    for await (const { chunk, at } of arrivals(fetching, one)) {
      const end = at + chunk.length
      let first = -1
      let kept = 0
      for (; next < parts.length; next++) {
        const part = parts[next]
        if (!part || part.offset >= end) break
        const from = Math.max(part.offset, at) - at
        const until = Math.min(part.offset + part.length, end) - at
        if (first < 0) first = kept = from
        // A write costs more than moving some kilobytes together.
        if (from > kept) chunk.copyWithin(kept, from, until)
        kept += until - from
        if (part.offset + part.length > end) break
      }
      if (kept > first) yield chunk.subarray(first, kept)
    }
  }
}

async function* assembled(fetching: Fetching, opened: readonly Opened[]): AsyncGenerator<Uint8Array> {
  const { head, from, until } = fetching
  const start = from + head.length
  const bytes = new Uint8Array(until - start)
  const filling = opened.map((one) => fill(fetching, one, { bytes, start }))
  for (const one of filling) one.catch(() => undefined)
  // Bytes before everything a later read brings are complete.
  const firstOfLater = opened.map((_, i) =>
    opened
      .slice(i + 1)
      .reduce((first, { read }) => read.parts.reduce((least, { to }) => Math.min(least, to), first), until),
  )
  let done = start
  for (const [i, one] of filling.entries()) {
    await one
    const complete = firstOfLater[i] ?? until
    if (complete > done) yield bytes.subarray(done - start, complete - start)
    done = Math.max(done, complete)
  }
}

async function fill(
  reading: Reading,
  opened: Opened,
  { bytes, start, arrived }: Target & { readonly arrived?: ((until: number) => void) | undefined },
): Promise<void> {
  const { parts } = opened.read
  let first = 0
  for await (const { chunk, at } of arrivals(reading, opened)) {
    const end = at + chunk.length
    let until = 0
    for (let i = first; i < parts.length; i++) {
      const part = parts[i]
      if (!part || part.offset >= end) break
      const from = Math.max(part.offset, at)
      const to = Math.min(part.offset + part.length, end)
      if (from < to) {
        until = part.to + to - part.offset - start
        bytes.set(chunk.subarray(from - at, to - at), until - (to - from))
      }
      if (i === first && part.offset + part.length <= end) first = i + 1
    }
    if (until > 0) arrived?.(until)
  }
}

/** The chunks of a read with their file offsets, resumed over lost connections. */
async function* arrivals(
  { reader, object }: Reading,
  { read, stream: first, signal }: Opened,
): AsyncGenerator<{ readonly chunk: Uint8Array; readonly at: number }> {
  const end = read.range.offset + read.range.length
  let stream = first
  let at = read.range.offset
  for (let retry = 0; ; retry++) {
    try {
      stream ??= await reader.stream(object, { offset: at, length: end - at }, signal)
      for await (const chunk of stream) {
        yield { chunk, at }
        at += chunk.length
      }
      if (at >= end) return
      const missing = `${object.key}: expected ${end - at} more bytes at ${at}, got the end`
      throw new HeadendError('OBJECT_BROKEN_OFF', missing, { status: 503 })
    } catch (error) {
      if (signal.aborted || retry >= maxRetries) throw error
      stream = undefined
    }
  }
}
