/** The protected bytes of a sample (ISO/IEC 23001-7 9.5): pairs of clear and protected byte counts. */

/** CMAF's two encryption schemes. */
export type Scheme = 'cenc' | 'cbcs'

/** `[clear, protected, clear, protected, …]` in bytes; they add up to the sample's length. */
export type Subsamples = readonly number[]

/** Returns a sample's subsamples; absent for tracks with full-sample encryption. */
export type SubsampleMap = (sample: Uint8Array) => Subsamples

/** BytesOfClearData has 16 bits. */
const maxClear = 0xffff

/** Builds subsamples from runs of clear and protected bytes. */
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
