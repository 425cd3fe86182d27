/** The header of a packet and its adaptation field (ISO/IEC 13818-1 2.4.3.2, 2.4.3.4). */
import { packetBytes } from './packet-sync.ts'

/** A parsed header; one object is filled again and again, as there are millions of packets. */
export interface PacketHeader {
  pid: number
  /** transport_error_indicator, or an adaptation field that does not fit. */
  isBroken: boolean
  /** payload_unit_start_indicator. */
  isStart: boolean
  isScrambled: boolean
  counter: number
  /** discontinuity_indicator. */
  isDiscontinuous: boolean
  randomAccess: boolean
  /** Base of the program clock reference, as coded; -1 if absent. */
  pcr: number
  /** Where the payload begins in the bytes; equal to `to` if there is none. */
  from: number
  to: number
}

/** An empty one to read into. */
export const emptyHeader = (): PacketHeader => ({
  pid: 0,
  isBroken: false,
  isStart: false,
  isScrambled: false,
  counter: 0,
  isDiscontinuous: false,
  randomAccess: false,
  pcr: -1,
  from: 0,
  to: 0,
})

const pcrBytes = 6

/** Reads the header of the packet that begins at `at` into `header`. */
export function readPacketHeader(bytes: Uint8Array, at: number, header: PacketHeader): void {
  const second = bytes[at + 1] ?? 0
  const fourth = bytes[at + 3] ?? 0
  header.pid = ((second & 0x1f) << 8) | (bytes[at + 2] ?? 0)
  header.isBroken = (second & 0x80) !== 0
  header.isStart = (second & 0x40) !== 0
  header.isScrambled = (fourth & 0xc0) !== 0
  header.counter = fourth & 15
  header.isDiscontinuous = false
  header.randomAccess = false
  header.pcr = -1
  header.to = at + packetBytes
  header.from = at + 4
  if ((fourth & 0x20) !== 0) readAdaptation(bytes, at + 4, header)
  if ((fourth & 0x10) === 0) header.from = header.to
}

function readAdaptation(bytes: Uint8Array, at: number, header: PacketHeader): void {
  const length = bytes[at] ?? 0
  header.from = at + 1 + length
  if (header.from > header.to) {
    header.isBroken = true
    return
  }
  if (length === 0) return
  const flags = bytes[at + 1] ?? 0
  header.isDiscontinuous = (flags & 0x80) !== 0
  header.randomAccess = (flags & 0x40) !== 0
  if ((flags & 0x10) === 0 || length < 1 + pcrBytes) return
  const high =
    ((bytes[at + 2] ?? 0) << 24) |
    ((bytes[at + 3] ?? 0) << 16) |
    ((bytes[at + 4] ?? 0) << 8) |
    (bytes[at + 5] ?? 0)
  header.pcr = (high >>> 0) * 2 + ((bytes[at + 6] ?? 0) >> 7)
}
