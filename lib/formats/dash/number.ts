/** Whole numbers of an MPD. */
import { HeadendError } from '../../errors.ts'

/** Returns `value` after checking that it is a whole number from 0 to 2^53. */
export function whole(what: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new HeadendError('DASH_NUMBER_RANGE', `${what}: expected a whole number from 0, got ${value}`)
  }
  return value
}
