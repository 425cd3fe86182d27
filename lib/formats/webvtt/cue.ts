/** Timed text as WebVTT has it (W3C WebVTT 3.1); what SRT and the text tracks of MP4 become, too. */

/** Text and when it is shown. */
export interface Cue {
  readonly startMs: number
  /** Above `startMs`. */
  readonly endMs: number
  readonly id?: string
  /** As they stand behind the times: `line:0 align:start`. */
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
  /** What was passed over: the first ones, and how many there were. */
  readonly problems: readonly CueProblem[]
  readonly problemCount: number
}

/** Why something in a file became no cue. */
export interface CueProblem {
  /** Counted from 1. */
  readonly line: number
  readonly text: string
}

/** More is no film's subtitles. */
export const maxCues = 100_000

/** Bytes of a file of cues; what is longer is refused before it is read. */
export const maxCueBytes = 10 * 2 ** 20

/** Problems that are kept one by one. */
const maxProblems = 20

/** What was passed over, as it is found. */
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
