/** Which bytes of a sample are protected (ISO/IEC 23001-7 9.5): pairs of clear and protected byte counts. */

/** The two ways of protecting a sample that CMAF knows. */
export type Scheme = 'cenc' | 'cbcs'

/** `[clear, protected, clear, protected, …]` in bytes; together as long as the sample. */
export type Subsamples = readonly number[]

/** Tells a sample's subsamples; absent for tracks whose samples are protected whole. */
export type SubsampleMap = (sample: Uint8Array) => Subsamples

/** BytesOfClearData has 16 bits. */
const maxClear = 0xffff

/** Puts subsamples together from stretches of clear and protected bytes. */
export class SubsampleList {
  readonly #pairs: number[] = []
  #clear = 0

  clear(bytes: number): void {
    this.#clear += bytes
  }

  protect(bytes: number): void {
    if (bytes === 0) return
    this.#flush(bytes)
  }

  get pairs(): Subsamples {
    if (this.#clear > 0) this.#flush(0)
    return this.#pairs
  }

  #flush(bytes: number): void {
    while (this.#clear > maxClear) {
      this.#pairs.push(maxClear, 0)
      this.#clear -= maxClear
    }
    this.#pairs.push(this.#clear, bytes)
    this.#clear = 0
  }
}
