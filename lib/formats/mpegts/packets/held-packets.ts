/** Packets that come before the map of their programme, for it may stand in mid-stream. */
import { packetBytes } from './packet-sync.ts'

/** Keeps packets up to a number of bytes. */
export class HeldPackets {
  /** Packets that found no place. */
  dropped = 0
  readonly #maxBytes: number
  #bytes = new Uint8Array(0)
  #positions: number[] = []

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Keeps a copy. */
  add(bytes: Uint8Array, from: number, at: number): void {
    const start = this.#positions.length * packetBytes
    const end = start + packetBytes
    if (end > this.#maxBytes) {
      this.dropped++
      return
    }
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end * 2, 2 ** 14))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes.set(bytes.subarray(from, from + packetBytes), start)
    this.#positions.push(at)
  }

  /** Hands them over in their order, and keeps them no longer. */
  release(packet: (bytes: Uint8Array, from: number, at: number) => void): void {
    const [bytes, positions] = [this.#bytes, this.#positions]
    this.#bytes = new Uint8Array(0)
    this.#positions = []
    for (const [i, at] of positions.entries()) packet(bytes, i * packetBytes, at)
  }
}
