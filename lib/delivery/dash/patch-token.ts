/**
 * What an MPD lists, in the URL of its patch: no MPD is kept, so the one a player has is made again from the one of now.
 */

/** What an MPD lists. */
export interface Listed {
  /** Milliseconds since 1970. */
  readonly publishMs: number
  readonly periods: number
  /** Segments of each Representation of the last Period. */
  readonly counts: readonly number[]
  /** Of the whole, by which it is known whether it was made again as it was. */
  readonly digest: string
}

/** The token; undefined if it would be longer than the edge lets through. */
export function patchToken({ publishMs, periods, counts, digest }: Listed): string | undefined {
  const numbers = [publishMs, periods].map(short)
  const token = [...numbers, digest, counts.map(short).join('-')].join('.')
  return shape.test(token) && token.length <= longest ? token : undefined
}

/** Of a token what it says; undefined for what is none. */
export function readPatchToken(token: string): Listed | undefined {
  const parts = token.length <= longest ? shape.exec(token) : null
  if (!parts) return undefined
  const [, publish = '', periods = '', digest = '', counts = ''] = parts
  return {
    publishMs: numberOf(publish),
    periods: numberOf(periods),
    counts: counts.split('-').map(numberOf),
    digest,
  }
}

/** Hex digits of a digest: enough that none is met by chance. */
export const digestLength = 12

/** As `lambdas/delivery/viewer-request.js` lets it through, which knows the letters and the length. */
const longest = 200
const shape = /^([0-9a-z]{1,9})\.([0-9a-z]{1,6})\.([0-9a-f]{12})\.([0-9a-z]{1,6}(?:-[0-9a-z]{1,6})*)$/

const short = (value: number): string => value.toString(36)
const numberOf = (text: string): number => Number.parseInt(text, 36)
