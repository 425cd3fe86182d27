/** PES packets: their header (ISO/IEC 13818-1 2.4.3.7), and how they are put together from a PID's payloads. */
import type { ErrorCode } from '../../../errors.ts'
import type { Allocate } from '../allocate.ts'
import { copyBytes } from '../copy-bytes.ts'

/** A packet put together, its times as coded; its data are valid during the call. */
export interface RawPes {
  readonly pts?: number
  readonly dts?: number
  readonly data: Uint8Array
  readonly randomAccess: boolean
  readonly isDamaged: boolean
}

/** What is told of what is found. */
export interface PesSink {
  readonly pes: (pes: RawPes) => void
  readonly problem: (code: ErrorCode, message: string) => void
}

/** How a stream's packets are collected. */
export interface PesLimits {
  readonly maxBytes: number
  /**
   * Ends are told by the next beginning alone: packets of video may have any length, and some writers state one of
   * 16 bits that went over.
   */
  readonly isUnbounded: boolean
  readonly allocate: Allocate
}

const startBytes = 6
const firstCapacity = 8192
const keptCapacity = 2 ** 20

/** Collects one packet at a time. */
export class PesAssembler {
  readonly #sink: PesSink
  readonly #limits: PesLimits
  #buffer: Uint8Array = new Uint8Array(0)
  /** Bytes of the open packet; -1 if none is open. */
  #length = -1
  #randomAccess = false
  #isDamaged = false

  constructor(sink: PesSink, limits: PesLimits) {
    this.#sink = sink
    this.#limits = limits
  }

  /** What is open lacks bytes. */
  damage(): void {
    this.#isDamaged = true
  }

  /** True if these bytes are the last of what is open: a packet sent twice. */
  endsWith(bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#length - (to - from)
    if (this.#length < 0) return true
    for (let i = from; i < to; i++) if (bytes[i] !== this.#buffer[start + i - from]) return false
    return start >= 0
  }

  /** Begins a packet; the one before is done. */
  start(randomAccess: boolean): void {
    this.finish()
    this.#length = 0
    this.#randomAccess = randomAccess
    this.#isDamaged = false
  }

  /** Takes bytes `from` to `to`. */
  push(bytes: Uint8Array, from: number, to: number): void {
    if (this.#length < 0) return
    const end = this.#length + to - from
    if (end > this.#buffer.length && !this.#grow(end)) return
    copyBytes(bytes, this.#buffer, { at: this.#length, from, to })
    this.#length = end
    if (this.#limits.isUnbounded || end < startBytes) return
    const total = this.#total()
    if (total > 0 && end >= total) this.finish()
  }

  /** Hands over what is open. */
  finish(): void {
    const length = this.#length
    this.#length = -1
    if (length < 0) return
    const bytes = this.#buffer.subarray(0, length)
    const read = readPes(bytes)
    if (typeof read === 'object') {
      const isDamaged = this.#isDamaged || read.missing > 0
      if (read.missing > 0 && !this.#isDamaged)
        this.#sink.problem('TS_PES_CUT', `PES packet: expected ${read.missing} more bytes, got its end`)
      this.#sink.pes({ ...read.content, randomAccess: this.#randomAccess, isDamaged })
    } else if (read === 'scrambled')
      this.#sink.problem('TS_SCRAMBLED', 'PES packet: expected one in the clear, got a scrambled one')
    else if (read === 'broken' && !this.#isDamaged)
      this.#sink.problem(
        'TS_PES_HEADER',
        `PES packet: expected a header with its start code, got ${[...bytes.subarray(0, 9)].join(' ')}`,
      )
    // A large picture is no reason to hold as much for good.
    if (this.#buffer.length > keptCapacity) this.#buffer = new Uint8Array(0)
  }

  /** The length it states; 0 if it states none. */
  #total(): number {
    const stated = ((this.#buffer[4] ?? 0) << 8) | (this.#buffer[5] ?? 0)
    return stated === 0 ? 0 : startBytes + stated
  }

  /** False if the packet is larger than any may be: then it is dropped. */
  #grow(end: number): boolean {
    if (end > this.#limits.maxBytes) {
      this.#sink.problem(
        'TS_PES_LARGE',
        `PES packet: expected at most ${this.#limits.maxBytes} bytes, got more`,
      )
      this.#length = -1
      this.#buffer = new Uint8Array(0)
      return false
    }
    const wanted = Math.max(end, this.#buffer.length * 2, firstCapacity)
    const larger = this.#limits.allocate(Math.min(wanted, this.#limits.maxBytes))
    larger.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = larger
    return true
  }
}

/** Program stream map, private_stream_2, ECM, EMM, DSM-CC, H.222.1 type E, directory: data follow the length at once. */
const withoutHeader = new Set([0xbc, 0xbf, 0xf0, 0xf1, 0xf2, 0xf8, 0xff])
const padding = 0xbe

type Read =
  | { readonly content: Pick<RawPes, 'pts' | 'dts' | 'data'>; readonly missing: number }
  | 'scrambled'
  | 'broken'
  | 'padding'

function readPes(bytes: Uint8Array): Read {
  if (bytes.length < startBytes || bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== 1) return 'broken'
  const id = bytes[3] ?? 0
  if (id === padding) return 'padding'
  const stated = ((bytes[4] ?? 0) << 8) | (bytes[5] ?? 0)
  const missing = stated === 0 ? 0 : Math.max(0, startBytes + stated - bytes.length)
  if (withoutHeader.has(id)) return { content: { data: bytes.subarray(startBytes) }, missing }
  const start = 9 + (bytes[8] ?? 0)
  if (bytes.length < start) return 'broken'
  if ((((bytes[6] ?? 0) >> 4) & 3) !== 0) return 'scrambled'
  const flags = bytes[7] ?? 0
  const pts = flags & 0x80 && start >= 14 ? timeAt(bytes, 9) : undefined
  const dts = pts !== undefined && flags & 0x40 && start >= 19 ? timeAt(bytes, 14) : pts
  return {
    content: {
      ...(pts !== undefined && { pts }),
      ...(dts !== undefined && { dts }),
      data: bytes.subarray(start),
    },
    missing,
  }
}

/** 33 bits in five bytes with markers between them, which are not checked: other readers don't, either. */
function timeAt(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes.subarray(at, at + 5)
  return ((a >> 1) & 7) * 2 ** 30 + ((b << 22) | ((c >> 1) << 15) | (d << 7) | (e >> 1))
}
