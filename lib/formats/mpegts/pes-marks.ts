/** Which PES packet an access unit begins in, and so has its times from (ISO/IEC 13818-1 2.4.3.7). */
import type { PesPacket } from './packets/events.ts'

/** The times of a packet. */
export type PesTimes = Pick<PesPacket, 'ptsTicks' | 'dtsTicks'>

interface Mark extends PesTimes {
  readonly at: number
}

const noTimes: PesTimes = {}

/** The packets of an elementary stream by the offset of their first byte. */
export class PesMarks {
  #marks: Mark[] = []
  #damaged: { readonly from: number; to: number }[] = []

  /** A packet whose bytes lie between two offsets. */
  add(at: number, end: number, { ptsTicks, dtsTicks, isDamaged }: PesPacket): void {
    if (ptsTicks !== undefined)
      this.#marks.push({ at, ptsTicks, ...(dtsTicks !== undefined && { dtsTicks }) })
    else this.#marks.push({ at })
    if (!isDamaged) return
    const last = this.#damaged.at(-1)
    if (last?.to === at) last.to = end
    else this.#damaged.push({ from: at, to: end })
  }

  /** Times for the unit that begins at an offset: those of its packet, unless a unit before began in it, too. */
  take(start: number): PesTimes {
    let count = 0
    while (count < this.#marks.length && (this.#marks[count]?.at ?? 0) <= start) count++
    const found = this.#marks[count - 1]
    this.#marks.splice(0, count)
    return found ?? noTimes
  }

  /** True if bytes between two offsets came in a damaged packet; what lies before them is asked for no more. */
  isDamaged(from: number, to: number): boolean {
    if (this.#damaged.length === 0) return false
    this.#damaged = this.#damaged.filter((one) => one.to > from)
    return this.#damaged.some((one) => one.from < to)
  }
}
