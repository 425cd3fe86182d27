/** NAL unit functions shared by H.264 and H.265. */
import { HeadendError } from '../errors.ts'

/**
 * Removes emulation prevention: the 03 after two zero bytes (ISO/IEC 14496-10 7.4.1, 23008-2 7.4.2). Without any, the
 * bytes are those given.
 */
export function withoutEmulation(nal: Uint8Array): Uint8Array {
  if (!hasEmulation(nal)) return nal
  const out = new Uint8Array(nal.length)
  let length = 0
  let zeros = 0
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    zeros = byte === 0 ? zeros + 1 : 0
    out[length++] = byte
  }
  return out.subarray(0, length)
}

function hasEmulation(nal: Uint8Array): boolean {
  for (let at = nal.indexOf(3, 2); at >= 0; at = nal.indexOf(3, at + 1))
    if (nal[at - 1] === 0 && nal[at - 2] === 0) return true
  return false
}

/** Nearly all slice headers fit in the first; weights and entry points of tiles make some longer. */
const headerLimits = [24, 128, 4096]

/**
 * Bytes of a NAL unit up to the end of its header, rounded up: `read` gets its start without emulation prevention, and
 * returns the header's length in it. Throws what `read` throws.
 */
export function headerBytes(nal: Uint8Array, read: (rbsp: Uint8Array) => number): number {
  for (const limit of headerLimits) {
    const isAll = nal.length <= limit || limit === headerLimits.at(-1)
    const { rbsp, removed } = headerPrefix(nal.length > limit ? nal.subarray(0, limit) : nal)
    try {
      return lengthWithEmulation(read(rbsp), removed)
    } catch (error) {
      if (isAll || !(error instanceof HeadendError) || error.code !== 'BITS_END') throw error
    }
  }
  return nal.length
}

/**
 * The start of a NAL unit without emulation prevention, and the positions of removed bytes, as offsets in the result.
 */
function headerPrefix(prefix: Uint8Array): {
  readonly rbsp: Uint8Array
  readonly removed: readonly number[]
} {
  const removed: number[] = []
  let rbsp = prefix
  let length = 0
  let zeros = 0
  for (let i = 0; i < prefix.length; i++) {
    const byte = prefix[i] ?? 0
    if (zeros >= 2 && byte === 3) {
      if (rbsp === prefix) rbsp = prefix.slice()
      removed.push(length)
      zeros = 0
      continue
    }
    zeros = byte === 0 ? zeros + 1 : 0
    if (rbsp !== prefix) rbsp[length] = byte
    length++
  }
  return { rbsp: rbsp.subarray(0, length), removed }
}

/** The number of bytes of the NAL unit that correspond to the first `length` bytes of its prefix. */
function lengthWithEmulation(length: number, removed: readonly number[]): number {
  let more = 0
  for (const at of removed) if (at < length) more++
  return length + more
}
