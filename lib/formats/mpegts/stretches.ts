/** Parts of a stream within which time goes on: an encoder that starts again, or a splice, begins another. */
import { ticksPerSecond } from './packets/clock.ts'
import type { AccessUnit } from './units.ts'

const maxStepTicks = 10 * ticksPerSecond
/** One unit far off is a mistake; so many that follow one another there are a jump. */
const jumpUnits = 3

/**
 * Cuts units, in the order they came, where the times of a stream jump for good: backwards by more than half a second,
 * or forwards by ten. Each stream is cut by itself, since none jumps at the same place in the file as another.
 */
export function stretchesOf(units: readonly AccessUnit[]): AccessUnit[][] {
  const stretches: AccessUnit[][] = []
  const stretchOf = new Map<AccessUnit, number>()
  for (const own of Map.groupBy(units, ({ pid }) => pid).values()) {
    let index = 0
    let last: number | undefined
    for (const [i, unit] of own.entries()) {
      const { dtsTicks } = unit
      if (last !== undefined && dtsTicks !== undefined && isJump(last, dtsTicks)) {
        if (lasts(own, i)) {
          index++
          last = dtsTicks
        }
      } else last = dtsTicks ?? last
      stretchOf.set(unit, index)
    }
  }
  for (const unit of units) (stretches[stretchOf.get(unit) ?? 0] ??= []).push(unit)
  return stretches
}

const isJump = (before: number, after: number): boolean =>
  after < before - ticksPerSecond / 2 || after > before + maxStepTicks

/** True if the timed units from `from` on follow one another. */
function lasts(units: readonly AccessUnit[], from: number): boolean {
  let last: number | undefined
  let count = 0
  for (let i = from; i < units.length && count < jumpUnits; i++) {
    const dtsTicks = units[i]?.dtsTicks
    if (dtsTicks === undefined) continue
    if (last !== undefined && isJump(last, dtsTicks)) return false
    last = dtsTicks
    count++
  }
  return count === jumpUnits
}
