/** What partition keys cost: within the second that runs, and altogether. */

export type CapacityUnit = 'reads' | 'writes'

/** One partition key of a table or of one of its indexes (`rights/index/byKind`). */
export interface Partition {
  readonly resource: string
  readonly key: string
}

/** What it cost so far, in units. */
export interface PartitionUse extends Partition, Readonly<Record<CapacityUnit, number>> {}

export interface Capacity {
  inSecond(partition: Partition, unit: CapacityUnit, nowMs: number): number
  spend(partition: Partition, units: Partial<Record<CapacityUnit, number>>, nowMs: number): void
  used(): readonly PartitionUse[]
}

interface Counted {
  readonly partition: Partition
  readonly total: Record<CapacityUnit, number>
  second: number
  readonly now: Record<CapacityUnit, number>
}

/** Nothing used yet. AWS may lend what earlier seconds left over, and promises nothing: here it does not. */
export function createCapacity(): Capacity {
  const counted = new Map<string, Counted>()
  const of = (partition: Partition, nowMs: number): Counted => {
    const name = `${partition.resource} ${partition.key}`
    const second = Math.floor(nowMs / 1000)
    const fresh = { partition, total: { reads: 0, writes: 0 }, second, now: { reads: 0, writes: 0 } }
    const known = counted.get(name) ?? fresh
    if (known.second !== second) Object.assign(known, { second, now: { reads: 0, writes: 0 } })
    counted.set(name, known)
    return known
  }
  return {
    inSecond: (partition, unit, nowMs) => of(partition, nowMs).now[unit],
    spend(partition, { reads = 0, writes = 0 }, nowMs) {
      const { total, now } = of(partition, nowMs)
      for (const each of [total, now]) {
        each.reads += reads
        each.writes += writes
      }
    },
    used: () =>
      Array.from(counted.values(), ({ partition: { resource, key }, total }) => ({
        resource,
        key,
        ...total,
      })),
  }
}
