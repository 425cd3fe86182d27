/** Timed text in WebVTT's model (W3C WebVTT 3.1), also used for SRT and the text tracks of MP4. */

/** A text with its times. */
export interface Cue {
  readonly startMs: number
  /** Above `startMs`. */
  readonly endMs: number
  readonly id?: string
  /** The unmodified settings after the times: `line:0 align:start`. */
  readonly settings?: string
  /** With WebVTT's own tags and escapes. */
  readonly text: string
}

/** A file of cues. */
export interface WebVtt {
  /** RFC 8216bis 3.1.4: cue time `localMs` is MPEG-2 time `mpegTs`. */
  readonly timestampMap?: { readonly localMs: number; readonly mpegTs: number }
  /** Style sheets, without the line `STYLE`. */
  readonly styles: readonly string[]
  /** Region definitions, without the line `REGION`. */
  readonly regions: readonly string[]
  readonly cues: readonly Cue[]
  /** Skipped parts: the first ones, and their total number. */
  readonly problems: readonly CueProblem[]
  readonly problemCount: number
}

/** The reason why a part of a file was skipped. */
export interface CueProblem {
  /** Counted from 1. */
  readonly line: number
  readonly text: string
}

/** More than any film's subtitles have. */
export const maxCues = 100_000

/** Maximum size of a file of cues; longer ones are refused unread. */
export const maxCueBytes = 10 * 2 ** 20

/** The number of problems kept individually. */
const maxProblems = 20

/** Collects the skipped parts. */
export class Problems {
  readonly #first: CueProblem[] = []
  #count = 0

  add(line: number, text: string): void {
    this.#count++
    if (this.#first.length < maxProblems) this.#first.push({ line, text })
  }

  get found(): Pick<WebVtt, 'problems' | 'problemCount'> {
    return { problems: this.#first, problemCount: this.#count }
  }
}
