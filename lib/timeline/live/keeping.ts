/** How long the media of a live timeline are kept: the bucket lets go of them by a tag, whole days behind their window. */

/** Tag of an object: the days it is kept. */
export const keepDaysTag = 'keep-days'

const daySeconds = 86_400

/** Longest window: MediaPackage's. */
export const maxWindowSeconds = 14 * daySeconds

/** Days that media of a window are kept: a day more, for who plays its oldest end. */
export const keepDays = (windowSeconds: number): number => Math.ceil(windowSeconds / daySeconds) + 1

/** Behind the longest window. */
const steps = [
  18, 21, 25, 30, 35, 40, 45, 50, 60, 75, 90, 105, 120, 150, 180, 240, 300, 366, 550, 731, 1096, 1461, 1827,
]

/** Days that an object can be kept: a day each as far as windows go, then in steps, up to five years. */
export const keptDays: readonly number[] = [
  ...Array.from({ length: Math.ceil(maxWindowSeconds / daySeconds) }, (_, i) => i + 2),
  ...steps,
]

/** Days since it was written that an object must be kept to be there at a time: the next of `keptDays`, or the most. */
export function daysUntil(writtenMs: number, untilMs: number): number {
  const days = (untilMs - writtenMs) / (daySeconds * 1000)
  return keptDays.find((one) => one >= days) ?? keptDays.at(-1) ?? 0
}

/** Longest hold, from the end of what is held on: five years. */
export const maxHoldSeconds = 1825 * daySeconds

/**
 * Days that segments are kept as objects of their own: behind them lies the archive of their hour, which is made within
 * some hours. The rest is time to mend what made it fail.
 */
export const segmentKeepDays = (windowSeconds: number): number => Math.min(keepDays(windowSeconds), 2)

/** Until when media written by then, in seconds since 1970, are there for certain. */
export const keptUntil = (seconds: number, windowSeconds: number): number =>
  seconds + keepDays(windowSeconds) * daySeconds
