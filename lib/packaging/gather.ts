/** Fills a segment from its reads, and hands it on in order as far as it is there. */
import type { ObjectRef } from '../timeline/placement.ts'
import type { MediaReader } from './media-reader.ts'
import type { PlannedRead } from './read-plan.ts'

/** What to fill and from where. */
export interface Gathering {
  readonly reader: MediaReader
  readonly object: ObjectRef
  readonly reads: readonly PlannedRead[]
  /** The segment, its head already in place. */
  readonly bytes: Uint8Array
  /** The part of it that is wanted. */
  readonly from: number
  readonly until: number
}

/** A store that drops a connection is asked again this often for what is left. */
const mostRetries = 2

/**
 * Resolves when every read was answered, so that what is missing is known before the first byte is sent. The
 * reads run side by side; the one buffer is all the memory they take.
 */
export async function gather(gathering: Gathering): Promise<AsyncIterable<Uint8Array>> {
  const { reader, object, reads } = gathering
  const abort = new AbortController()
  const opening = reads.map(({ range }) => reader.stream(object, range, abort.signal))
  // All are awaited one by one below; until then a failed one must not count as unhandled.
  for (const one of opening) one.catch(() => undefined)
  try {
    const streams = await Promise.all(opening)
    return inOrder(gathering, streams, abort)
  } catch (error) {
    abort.abort()
    throw error
  }
}

async function* inOrder(
  gathering: Gathering,
  streams: readonly AsyncIterable<Uint8Array>[],
  abort: AbortController,
): AsyncGenerator<Uint8Array> {
  const { reads, bytes, from, until } = gathering
  const filling = reads.map((read, i) => fill(gathering, read, { stream: streams[i], signal: abort.signal }))
  for (const one of filling) one.catch(() => undefined)
  // What lies in front of everything a later read brings is complete.
  const firstOfLater = reads.map((_, i) =>
    reads.slice(i).reduce((first, { parts }) => Math.min(first, ...parts.map(({ to }) => to)), until),
  )
  let sent = from
  try {
    for (const [i, done] of [Promise.resolve(), ...filling].entries()) {
      await done
      const complete = firstOfLater[i] ?? until
      if (complete > sent) yield bytes.subarray(sent, complete)
      sent = Math.max(sent, complete)
    }
  } finally {
    abort.abort()
  }
}

interface Opened {
  readonly stream: AsyncIterable<Uint8Array> | undefined
  readonly signal: AbortSignal
}

async function fill(
  { reader, object, bytes }: Gathering,
  { range, parts }: PlannedRead,
  opened: Opened,
): Promise<void> {
  const { signal } = opened
  const end = range.offset + range.length
  let { stream } = opened
  let at = range.offset
  let next = 0
  for (let retry = 0; ; retry++) {
    try {
      stream ??= await reader.stream(object, { offset: at, length: end - at }, signal)
      for await (const chunk of stream) {
        next = copyParts({ parts, next, chunk, at, bytes })
        at += chunk.length
      }
      if (at >= end) return
      throw new Error(`expected ${end - at} more bytes of ${object.key} at ${at}, got the end`)
    } catch (error) {
      if (signal.aborted || retry >= mostRetries) throw error
      stream = undefined
    }
  }
}

interface Arrived {
  readonly parts: PlannedRead['parts']
  /** The first part that is not complete. */
  readonly next: number
  readonly chunk: Uint8Array
  /** Where the chunk lies in the file. */
  readonly at: number
  readonly bytes: Uint8Array
}

/** Copies what of the chunk anybody needs; gives the first part that goes on behind it. */
function copyParts({ parts, next, chunk, at, bytes }: Arrived): number {
  const end = at + chunk.length
  let first = next
  for (let i = next; i < parts.length; i++) {
    const part = parts[i]
    if (!part || part.offset >= end) break
    const from = Math.max(part.offset, at)
    const until = Math.min(part.offset + part.length, end)
    if (from < until) bytes.set(chunk.subarray(from - at, until - at), part.to + from - part.offset)
    if (i === first && part.offset + part.length <= end) first = i + 1
  }
  return first
}
