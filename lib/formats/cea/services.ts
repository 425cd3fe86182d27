/** Detects the caption services in pairs of cc_data (ANSI/CTA-608-E 8, ANSI/CTA-708-E 5 and 6). */
import type { CaptionPair } from './cc-data.ts'

/** Collects services from frames, which may be far apart. */
export class CaptionServices {
  readonly #seen = new Set<string>()
  /** By field: there was text, but nothing that names its service. */
  readonly #unaddressed = [false, false]
  #extendedData = false

  /** Adds the pairs of one frame. */
  add(pairs: readonly CaptionPair[]): void {
    this.#fields(pairs)
    this.#packets(pairs)
  }

  /** `CC1` … `CC4`, then `SERVICE1` … `SERVICE63`. */
  get ids(): string[] {
    const ids = new Set(this.#seen)
    if (this.#unaddressed[0] && !ids.has('CC1') && !ids.has('CC2')) ids.add('CC1')
    // The second field also carries names and ratings of programmes, whose middle looks like text.
    if (this.#unaddressed[1] && !ids.has('CC3') && !ids.has('CC4') && !this.#extendedData) ids.add('CC3')
    return [...ids].toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))
  }

  #fields(pairs: readonly CaptionPair[]): void {
    for (const { type, first, second } of pairs) {
      if (type > 1) continue
      // The top bits are parity.
      const [code, next] = [first & 127, second & 127]
      if (code >= 0x20) this.#unaddressed[type] = true
      else if (code >= 0x10) {
        // Text mode is another service, for pages that nobody displays (8.3).
        const isText = (code & 0x76) === 0x14 && (next === textRestart || next === resumeText)
        if (!isText) this.#seen.add(`CC${1 + 2 * type + ((code >> 3) & 1)}`)
      } else if (code > 0 && type === 1) this.#extendedData = true
    }
  }

  /** Packets continue over frames; only those that start in one are read, as far as they lie in it. */
  #packets(pairs: readonly CaptionPair[]): void {
    let packet: number[] | undefined
    for (const { type, first, second } of pairs) {
      if (type === packetStart) {
        this.#blocks(packet)
        packet = []
      }
      if (type >= packetData) packet?.push(first, second)
    }
    this.#blocks(packet)
  }

  /** Reads the service blocks after the packet's header (CTA-708 6.2). */
  #blocks(packet: readonly number[] | undefined): void {
    if (!packet?.length) return
    const end = Math.min(packet.length, ((packet[0] ?? 0) & 63) * 2 || maxPacket)
    for (let at = 1; at < end; ) {
      const header = packet[at++] ?? 0
      const size = header & 31
      let service = header >> 5
      if (service === extended && size > 0) service = (packet[at++] ?? 0) & 63
      if (service === 0) return
      if (size > 0) this.#seen.add(`SERVICE${service}`)
      at += size
    }
  }
}

const textRestart = 0x2a
const resumeText = 0x2b
const packetData = 2
const packetStart = 3
const maxPacket = 128
const extended = 7
