/** Plans the byte ranges to read, so that scattered samples cost few requests and few unneeded bytes. */
import type { ByteRange } from '../../timeline/placement.ts'

/** One request, and where parts of its response go in the segment; parts are in file order. */
export interface PlannedRead {
  readonly range: ByteRange
  readonly parts: readonly PlannedPart[]
}

/** `length` bytes at `offset` in the file that go to `to` in the segment. */
export interface PlannedPart {
  readonly offset: number
  readonly length: number
  readonly to: number
}

/** Maximum number of requests per segment. */
const maxReads = 8
/** Reading through a gap up to this size is faster and cheaper than another request. */
const worthSkippingBytes = 512 * 1024

/** Maps the byte ranges of samples to consecutive parts of a segment, starting at `to`. */
export function partsOf(extents: readonly ByteRange[], to: number): PlannedPart[] {
  let at = to
  return extents.map(({ offset, length }) => {
    const part = { offset, length, to: at }
    at += length
    return part
  })
}

/** Clips parts to `from` (inclusive) to `until` (exclusive) of the segment. */
export function within(parts: readonly PlannedPart[], from: number, until: number): PlannedPart[] {
  return parts.flatMap((part) => {
    const start = Math.max(part.to, from)
    const end = Math.min(part.to + part.length, until)
    return start < end ? [{ offset: part.offset + start - part.to, length: end - start, to: start }] : []
  })
}

/** Merges parts that are close together, and splits at the widest gaps into at most `maxReads` reads. */
export function planReads(parts: readonly PlannedPart[]): PlannedRead[] {
  const sorted = parts.filter(({ length }) => length > 0).toSorted((a, b) => a.offset - b.offset)
  const gaps: { readonly before: number; readonly bytes: number }[] = []
  let end = sorted[0]?.offset ?? 0
  for (const [i, part] of sorted.entries()) {
    if (part.offset - end > worthSkippingBytes) gaps.push({ before: i, bytes: part.offset - end })
    end = Math.max(end, part.offset + part.length)
  }
  const splits = new Set(
    gaps
      .toSorted((a, b) => b.bytes - a.bytes)
      .slice(0, maxReads - 1)
      .map(({ before }) => before),
  )
  const reads: PlannedRead[] = []
  let group: PlannedPart[] = []
  for (const [i, part] of sorted.entries()) {
    if (splits.has(i)) {
      reads.push(readOf(group))
      group = []
    }
    group.push(part)
  }
  if (group.length > 0) reads.push(readOf(group))
  return reads
}

function readOf(parts: readonly PlannedPart[]): PlannedRead {
  const offset = parts[0]?.offset ?? 0
  let end = offset
  for (const part of parts) end = Math.max(end, part.offset + part.length)
  return { range: { offset, length: end - offset }, parts }
}
