/** Stores segments of one track in one page as columns: repeats are run-length coded, exceptions listed by index. */
import type { Segment } from './timeline.ts'

/** A value with its repeat count. */
export type Run<Value> = readonly [count: number, value: Value]

/** The columns; every list of pairs is `[index, value]`, and absent if empty. */
export interface StoredColumns {
  readonly number: number
  readonly start: number
  readonly durations: readonly Run<number>[]
  readonly bytes: readonly number[]
  readonly configs: readonly Run<string>[]
  /** Numbers other than the previous one plus one. */
  readonly numbers?: readonly (readonly [number, number])[]
  /** Starts other than the end of the previous segment. */
  readonly starts?: readonly (readonly [number, number])[]
  readonly cuts?: readonly (readonly [number, number])[]
  readonly notSync?: readonly number[]
  readonly gaps?: readonly (readonly [number, 'missing' | 'filled'])[]
  readonly discontinuities?: readonly number[]
  readonly tags?: readonly (readonly [number, readonly string[]])[]
  readonly uris?: readonly (readonly [number, string])[]
}

/** Encodes at least one segment. */
export function encodeColumns(segments: readonly Segment[]): StoredColumns {
  const durations: [number, number][] = []
  const configs: [number, string][] = []
  const bytes: number[] = []
  const numbers: [number, number][] = []
  const starts: [number, number][] = []
  const cuts: [number, number][] = []
  const notSync: number[] = []
  const gaps: [number, 'missing' | 'filled'][] = []
  const discontinuities: number[] = []
  const tags: [number, readonly string[]][] = []
  const uris: [number, string][] = []
  let nextNumber = segments[0]?.number ?? 0
  let nextStart = segments[0]?.start ?? 0
  segments.forEach((segment, index) => {
    push(durations, segment.duration)
    push(configs, segment.configId)
    bytes.push(segment.bytes)
    if (segment.number !== nextNumber) numbers.push([index, segment.number])
    if (segment.start !== nextStart) starts.push([index, segment.start])
    if (segment.cut !== 0) cuts.push([index, segment.cut])
    if (!segment.sync) notSync.push(index)
    if (segment.gap !== 'none') gaps.push([index, segment.gap])
    if (segment.discontinuity) discontinuities.push(index)
    if (segment.tags?.length) tags.push([index, segment.tags])
    if (segment.uri !== undefined) uris.push([index, segment.uri])
    nextNumber = segment.number + 1
    nextStart = segment.start + segment.duration
  })
  return {
    number: segments[0]?.number ?? 0,
    start: segments[0]?.start ?? 0,
    durations,
    bytes,
    configs,
    ...(numbers.length > 0 && { numbers }),
    ...(starts.length > 0 && { starts }),
    ...(cuts.length > 0 && { cuts }),
    ...(notSync.length > 0 && { notSync }),
    ...(gaps.length > 0 && { gaps }),
    ...(discontinuities.length > 0 && { discontinuities }),
    ...(tags.length > 0 && { tags }),
    ...(uris.length > 0 && { uris }),
  }
}

function push<Value>(runs: [number, Value][], value: Value): void {
  const last = runs.at(-1)
  if (last && last[1] === value) last[0]++
  else runs.push([1, value])
}

/** Decodes the segments; those of live timelines are numbered by their starts, and no numbers are read. */
export function decodeColumns(columns: StoredColumns, { isLive = false } = {}): Segment[] {
  const configId = cursor(columns.configs)
  const duration = cursor(columns.durations)
  const numbers = columns.numbers && new Map(columns.numbers)
  const starts = columns.starts && new Map(columns.starts)
  const rare = rareOf(columns)
  let number = columns.number
  let start = columns.start
  return columns.bytes.map((bytes, index): Segment => {
    number = numbers?.get(index) ?? number
    start = starts?.get(index) ?? start
    const plain: Segment = {
      number: isLive ? start : number++,
      cut: 0,
      start,
      duration: duration() ?? 0,
      bytes,
      configId: configId() ?? '',
      sync: true,
      gap: 'none',
      discontinuity: false,
    }
    start += plain.duration
    const more = rare.size > 0 ? rare.get(index) : undefined
    return more ? { ...plain, ...more } : plain
  })
}

/** The exceptions, by index. */
function rareOf(columns: StoredColumns): ReadonlyMap<number, Partial<Segment>> {
  const rare = new Map<number, Partial<Segment>>()
  const add = (index: number, more: Partial<Segment>) => rare.set(index, { ...rare.get(index), ...more })
  for (const [index, cut] of columns.cuts ?? []) add(index, { cut })
  for (const index of columns.notSync ?? []) add(index, { sync: false })
  for (const [index, gap] of columns.gaps ?? []) add(index, { gap })
  for (const index of columns.discontinuities ?? []) add(index, { discontinuity: true })
  for (const [index, tags] of columns.tags ?? []) add(index, { tags })
  for (const [index, uri] of columns.uris ?? []) add(index, { uri })
  return rare
}

/** Iterates over the values of runs. */
function cursor<Value>(runs: readonly Run<Value>[]): () => Value | undefined {
  let run = 0
  let used = 0
  return () => {
    while (run < runs.length && used >= (runs[run]?.[0] ?? 0)) {
      run++
      used = 0
    }
    used++
    return runs[run]?.[1]
  }
}
