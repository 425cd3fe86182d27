/** Times of WebVTT (W3C WebVTT 4.1): `01:02:03.004`, hours optional. */

/** Matches a timestamp; `timestampMs` converts it. */
export const timestampPattern = String.raw`(?:\d{1,4}:)?[0-5]\d:[0-5]\d\.\d{3}`

/** Milliseconds of a timestamp that `timestampPattern` matches. */
export function timestampMs(text: string): number {
  let seconds = 0
  const [whole = '', fraction = ''] = text.split('.')
  for (const part of whole.split(':')) seconds = seconds * 60 + Number(part)
  return seconds * 1000 + Number(fraction)
}

/** With hours, which HLS players prefer. */
export function timestamp(ms: number): string {
  return `${digits(ms / 3_600_000, 2)}:${digits((ms / 60_000) % 60, 2)}:${digits((ms / 1000) % 60, 2)}.${digits(ms % 1000, 3)}`
}

const digits = (value: number, count: number): string => String(Math.trunc(value)).padStart(count, '0')
