/** Puts sections together from the packets of one PID (ISO/IEC 13818-1 2.4.4.1, 2.4.4.10). */
import type { ErrorCode } from '../../../errors.ts'
import { crc32Mpeg } from '../../crc32.ts'

/** private_section_length is limited to 4,093. */
const maxSectionBytes = 4096
const headerBytes = 3
const stuffing = 0xff
/** SCTE 35 has a CRC_32 though its section_syntax_indicator is 0. */
const spliceInfo = 0xfc

/** What is told of what is found. */
export interface SectionSink {
  readonly section: (bytes: Uint8Array) => void
  readonly problem: (code: ErrorCode, message: string) => void
}

/** Collects one section at a time. */
export class SectionAssembler {
  readonly #sink: SectionSink
  readonly #buffer = new Uint8Array(maxSectionBytes)
  /** Bytes of the open section; -1 until one begins. */
  #length = -1

  constructor(sink: SectionSink) {
    this.#sink = sink
  }

  /** Drops what is open, since a packet is missing. */
  interrupt(): void {
    this.#length = -1
  }

  /** Takes a packet's payload. */
  push(payload: Uint8Array, isStart: boolean): void {
    if (!isStart) {
      if (this.#length >= 0) this.#take(payload, 0, payload.length)
      return
    }
    const start = 1 + (payload[0] ?? 0)
    if (start > payload.length) {
      this.#sink.problem(
        'TS_SECTION',
        `pointer_field: expected at most ${payload.length - 1}, got ${start - 1}`,
      )
      this.interrupt()
      return
    }
    if (this.#length >= 0) this.#take(payload, 1, start)
    this.#length = 0
    this.#take(payload, start, payload.length)
  }

  /** Takes bytes of the open section, and of those that follow it in the same packet. */
  #take(payload: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end && this.#length >= 0; ) {
      if (this.#length === 0 && payload[at] === stuffing) break
      const wanted = this.#length < headerBytes ? headerBytes : this.#total()
      const taken = Math.min(wanted - this.#length, end - at)
      this.#buffer.set(payload.subarray(at, at + taken), this.#length)
      this.#length += taken
      at += taken
      if (this.#length < headerBytes) continue
      const total = this.#total()
      if (total > maxSectionBytes) {
        this.#sink.problem(
          'TS_SECTION',
          `section: expected at most ${maxSectionBytes} bytes, got ${total} of table ${this.#buffer[0]}`,
        )
        this.interrupt()
      } else if (this.#length >= total) this.#finish(total)
    }
  }

  #total(): number {
    return headerBytes + ((((this.#buffer[1] ?? 0) & 15) << 8) | (this.#buffer[2] ?? 0))
  }

  #finish(total: number): void {
    const bytes = this.#buffer.slice(0, total)
    this.#length = 0
    const hasCrc = ((bytes[1] ?? 0) & 0x80) !== 0 || bytes[0] === spliceInfo
    if (hasCrc && crc32Mpeg(bytes) !== 0)
      this.#sink.problem('TS_SECTION', `section: expected a CRC_32 that fits, got table ${bytes[0]} broken`)
    else this.#sink.section(bytes)
  }
}
