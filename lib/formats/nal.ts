/** NAL units, as H.264 and H.265 share them. */

/** Takes out the 03 after two zero bytes that keeps start codes from arising (ISO/IEC 14496-10 7.4.1, 23008-2 7.4.2). */
export function withoutEmulation(nal: Uint8Array): Uint8Array {
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

/** No slice header of a picture that can be coded is longer: entry points of many tiles are what makes it long. */
const longestHeader = 4096

/** The start of a NAL unit without emulation prevention, and where bytes were taken out, as offsets in the result. */
export function headerPrefix(nal: Uint8Array): {
  readonly rbsp: Uint8Array
  readonly removed: readonly number[]
} {
  // Most headers end within a few bytes; more is only looked at where zeros stand close together.
  const prefix = nal.length > longestHeader ? nal.subarray(0, longestHeader) : nal
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

/** How many bytes of the NAL unit hold the first `length` bytes of what `headerPrefix` gave. */
export function lengthWithEmulation(length: number, removed: readonly number[]): number {
  let more = 0
  for (const at of removed) if (at < length) more++
  return length + more
}
