/** Finds the packets of a transport stream in chunks of any size, whatever lies between them (ISO/IEC 13818-1 2.4.3.2). */

/** Bytes of a packet. */
export const packetBytes = 188
const syncByte = 0x47
/** Distances of sync bytes: plain, with a time stamp in front (BDAV), with Reed-Solomon parity behind (DVB-ASI). */
const strides = [packetBytes, 192, 204]
/** Sync bytes behind the first that must be where the distance says. */
const confirmations = 4

/** What is told of what is found. */
export interface PacketSink {
  /** A packet: 188 bytes of `bytes` from `from` on, valid during the call; `at` is its offset in the stream. */
  readonly packet: (bytes: Uint8Array, from: number, at: number) => void
  /** `skipped` bytes from `at` on were no packets. */
  readonly lost: (at: number, skipped: number) => void
}

/** Cuts chunks into packets; holds at most 1 KB. */
export class PacketSync {
  readonly #sink: PacketSink
  #isFound = false
  /** 0 while searching. */
  #stride = 0
  #rest = new Uint8Array(0)
  /** Bytes to pass over before the next packet. */
  #gap = 0
  /** Offset in the stream of the first byte of `#rest`, or of the next chunk. */
  #at = 0
  /** Bytes passed over in search. */
  #skipped = 0

  constructor(sink: PacketSink) {
    this.#sink = sink
  }

  /** True if a packet was found. */
  get isFound(): boolean {
    return this.#isFound
  }

  push(chunk: Uint8Array): void {
    let from = 0
    if (this.#stride > 0 && this.#rest.length > 0) {
      const missing = packetBytes - this.#rest.length
      if (chunk.length < missing) {
        this.#rest = joined(this.#rest, chunk)
        return
      }
      this.#sink.packet(joined(this.#rest, chunk.subarray(0, missing)), 0, this.#at)
      this.#rest = new Uint8Array(0)
      this.#at += packetBytes - missing
      from = missing + this.#stride - packetBytes
    }
    const data = this.#rest.length > 0 ? joined(this.#rest, chunk) : chunk
    this.#read(data, from + this.#gap, false)
  }

  /** Reads what a search still held back. */
  end(): void {
    if (this.#stride === 0) this.#read(this.#rest, 0, true)
    const left = this.#rest.length
    if (left > 0 || this.#skipped > 0) this.#sink.lost(this.#at - this.#skipped, this.#skipped + left)
    this.#rest = new Uint8Array(0)
    this.#skipped = 0
  }

  #read(data: Uint8Array, start: number, isEnd: boolean): void {
    let from = start
    while (from < data.length) {
      if (this.#stride === 0) {
        const found = findSync(data, from, isEnd)
        this.#skipped += found.from - from
        from = found.from
        if (found.stride === 0) break
        // A part of a packet in front of the first one is no loss: recordings begin anywhere.
        const isLoss = this.#skipped > (this.#isFound ? 0 : packetBytes)
        this.#isFound = true
        if (isLoss) this.#sink.lost(this.#at + from - this.#skipped, this.#skipped)
        this.#skipped = 0
        this.#stride = found.stride
      }
      const stride = this.#stride
      for (; from + packetBytes <= data.length && data[from] === syncByte; from += stride)
        this.#sink.packet(data, from, this.#at + from)
      if (from >= data.length || data[from] === syncByte) break
      this.#stride = 0
    }
    this.#gap = Math.max(0, from - data.length)
    const kept = Math.min(from, data.length)
    this.#rest = data.slice(kept)
    this.#at += kept
  }
}

/**
 * The first place from which sync bytes follow at a distance; stride 0 and the place to go on from if there is none, or
 * if more bytes are needed to tell.
 */
function findSync(
  data: Uint8Array,
  start: number,
  isEnd: boolean,
): { readonly from: number; readonly stride: number } {
  for (let from = data.indexOf(syncByte, start); from >= 0; from = data.indexOf(syncByte, from + 1)) {
    let open = false
    for (const stride of strides) {
      let seen = 1
      while (seen <= confirmations && data[from + seen * stride] === syncByte) seen++
      if (seen > confirmations) return { from, stride }
      if (from + seen * stride < data.length) continue
      // Short streams end before all confirmations: their whole packets count.
      if (isEnd && from + (seen - 1) * stride + packetBytes <= data.length) return { from, stride }
      open = true
    }
    if (open && !isEnd) return { from, stride: 0 }
  }
  return { from: data.length, stride: 0 }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
