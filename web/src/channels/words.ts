/** Times of channels in words. */

/** Whole hours or days where they are whole. */
export function hours(seconds: number): string {
  if (seconds % 86_400 === 0 && seconds > 86_400 * 2) return `${seconds / 86_400} days`
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${Math.round(seconds / 60)} min`
}
