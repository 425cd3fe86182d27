/** How long the media of a live timeline are kept: the bucket lets go of them by a tag, whole days behind their window. */

/** Tag of an object: the days it is kept. */
export const keepDaysTag = 'keep-days'

const daySeconds = 86_400

/** Longest window: MediaPackage's. */
export const maxWindowSeconds = 14 * daySeconds

/** Days that media of a window are kept: a day more, for who plays its oldest end. */
export const keepDays = (windowSeconds: number): number => Math.ceil(windowSeconds / daySeconds) + 1

/** Until when media written by then, in seconds since 1970, are there for certain. */
export const keptUntil = (seconds: number, windowSeconds: number): number =>
  seconds + keepDays(windowSeconds) * daySeconds
