/** What a channel knows of its encoders' clocks. */

/** From some time on, all that is added because of drift. */
export interface Move {
  /** On the channel's clock, as it would be without any move. */
  readonly atSeconds: number
  readonly bySeconds: number
}

/** A run of an encoder: what is added to its clock, and since when. */
export interface EncoderRun {
  readonly addSeconds: number
  /** Wall clock at which its first segment came. */
  readonly sinceMs: number
  /** The last ones, in order of time; absent as long as its clock keeps to the wall clock. */
  readonly moves?: readonly Move[]
}

/** A time that fits no run, and what its run would be. */
export interface Unproven extends EncoderRun {
  /** End of its segment on the encoder's clock. */
  readonly endSeconds: number
}

/** All runs that are known, and what may be the beginning of one. */
export interface EncoderClock {
  readonly runs: readonly EncoderRun[]
  readonly unproven?: readonly Unproven[]
}

/** The run of encoders that count from 1970. */
export const epochRun: EncoderRun = { addSeconds: 0, sinceMs: 0 }
