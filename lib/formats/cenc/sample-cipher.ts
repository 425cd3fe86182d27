/** Encrypts the samples of a segment in place, one after another (ISO/IEC 23001-7 9 and 10). */
import type { Subsamples } from './subsamples.ts'

/**
 * A segment's encryption in progress; one cipher for all samples, because creating one costs more than an audio sample.
 */
export interface SampleCipher {
  /** Encrypts the next sample, whose bytes begin at `from`; a part may be deferred until later samples. */
  take(from: number, pairs: Subsamples): void
  /** Encrypts what was deferred; must be the last call. */
  end(): void
}

/** Visits the protected ranges of a sample; returns their total length. */
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
