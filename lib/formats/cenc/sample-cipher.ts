/** Encryption of the samples of one segment where they stand (ISO/IEC 23001-7 9 and 10), as they come. */
import type { Subsamples } from './subsamples.ts'

/** A segment's samples under way; one cipher does them all, for making one costs more than a sample of sound. */
export interface SampleCipher {
  /** Encrypts the next sample, whose bytes begin at `from`; some of them may wait for those of samples behind it. */
  take(from: number, pairs: Subsamples): void
  /** Encrypts what waits; nothing comes after it. */
  end(): void
}

/** Visits the protected ranges of a sample; gives how many bytes they have together. */
export function eachRange(
  pairs: Subsamples,
  from: number,
  visit: (offset: number, length: number) => void,
): number {
  let offset = from
  let length = 0
  for (let pair = 0; pair < pairs.length; pair += 2) {
    offset += pairs[pair] ?? 0
    const guarded = pairs[pair + 1] ?? 0
    if (guarded > 0) visit(offset, guarded)
    offset += guarded
    length += guarded
  }
  return length
}
