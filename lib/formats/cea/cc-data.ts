/** cc_data: captions in video frames (ATSC A/53 part 4, 6.2.3; ANSI/CTA-708 4.4), in user data of ITU-T T.35. */

/** Two bytes for one of the decoders. */
export interface CaptionPair {
  /** 0 and 1 are the fields of CTA-608, 2 continues a packet of CTA-708, 3 starts one. */
  readonly type: number
  readonly first: number
  readonly second: number
}

/** Country code of the United States, ATSC as provider, `GA94`, and ATSC's type code of cc_data. */
const prefix = [0xb5, 0x00, 0x31, 0x47, 0x41, 0x39, 0x34, 0x03]
const processCaptions = 0x40
const isValid = 0x04

/** The valid pairs in order; undefined if the user data is something else. A truncated end is dropped. */
export function readCcData(userData: Uint8Array): CaptionPair[] | undefined {
  if (prefix.some((byte, i) => userData[i] !== byte)) return undefined
  const flags = userData[prefix.length] ?? 0
  const pairs: CaptionPair[] = []
  if (!(flags & processCaptions)) return pairs
  const end = Math.min(userData.length, prefix.length + 2 + (flags & 31) * 3)
  // The count is followed by em_data, which nobody uses.
  for (let at = prefix.length + 2; at + 3 <= end; at += 3) {
    const [marker = 0, first = 0, second = 0] = userData.subarray(at, at + 3)
    if (marker & isValid) pairs.push({ type: marker & 3, first, second })
  }
  return pairs
}
