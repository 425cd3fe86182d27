/** Iterates over the lines of a text, with any line ends; none is stored. */

/** A position between two lines. */
export class Lines {
  readonly #text: string
  #at = 0
  #before = 0
  /** Number of the line last read, counted from 1. */
  number = 0

  constructor(text: string) {
    // WebVTT 6.1: normalizes line ends and NUL.
    this.#text = text.replaceAll('\0', '\ufffd').replaceAll(/\r\n?/g, '\n')
  }

  /** The next line, or undefined at the end. */
  next(): string | undefined {
    if (this.#at > this.#text.length) return undefined
    this.#before = this.#at
    const feed = this.#text.indexOf('\n', this.#at)
    const end = feed < 0 ? this.#text.length : feed
    const line = this.#text.slice(this.#at, end)
    this.#at = end + 1
    this.number++
    return line
  }

  /** Makes `next` return the last line again. */
  back(): void {
    this.#at = this.#before
    this.number--
  }
}
