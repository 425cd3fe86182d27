/**
 * Segments of one track of a live timeline as columns. A live segment's number is its start, so numbers are not stored;
 * sizes stand apart, since manifests do not need them.
 */
import { decodeColumns, encodeColumns, type StoredColumns } from '../stored-columns.ts'
import type { Segment } from '../timeline.ts'

/** The columns without sizes. */
export type LiveColumns = Omit<StoredColumns, 'number' | 'numbers' | 'bytes'>

/** Encodes at least one segment, in order of time. */
export function encodeLiveColumns(segments: readonly Segment[]): LiveColumns {
  const { number: _number, bytes: _bytes, ...columns } = encodeColumns(segments.map(numbered))
  return columns
}

/** So that no number is an exception. */
const numbered = (segment: Segment, index: number): Segment => ({ ...segment, number: index })

/** Decodes the segments; `bytes` are their sizes, 0 where they were not read. */
export function decodeLiveColumns(columns: LiveColumns, bytes?: readonly number[]): readonly Segment[] {
  const count = columns.durations.reduce((sum, [repeats]) => sum + repeats, 0)
  const sizes = Array.from({ length: count }, (_, index) => bytes?.[index] ?? 0)
  return decodeColumns({ ...columns, number: 0, bytes: sizes }, { isLive: true })
}
