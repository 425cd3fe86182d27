/** Unrolls the 33-bit times of a programme (ISO/IEC 13818-1 2.4.3.7) to numbers that go on over their roll-over. */

/** Ticks a second of PTS, DTS and the base of PCR. */
export const ticksPerSecond = 90000
const roll = 2 ** 33
/** A time further off than 6.6 hours moves the clock only if others follow it there. */
const far = 2 ** 31
const farTimes = 3

/** The clock all streams of one programme share. */
export class ProgramClock {
  #near: number | undefined
  #far = 0

  /** `near` is about where the first time lies, such as the end of the segment before; else it stands as coded. */
  constructor(near?: number) {
    this.#near = near
  }

  /** The number closest to the times before it, which may be below 0. */
  unroll(coded: number): number {
    const near = (this.#near ??= coded)
    const ahead = (((coded - near) % roll) + roll) % roll
    const ticks = near + (ahead < roll / 2 ? ahead : ahead - roll)
    if (Math.abs(ticks - near) < far || ++this.#far >= farTimes) {
      this.#near = ticks
      this.#far = 0
    }
    return ticks
  }
}
