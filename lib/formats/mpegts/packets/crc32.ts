/** CRC_32 of sections (ISO/IEC 13818-1 annex A). */

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc
})

/** True if the CRC at the end of a section fits what is before it: the remainder over all is 0. */
export function crcHolds(section: Uint8Array): boolean {
  let crc = -1
  for (const byte of section) crc = (crc << 8) ^ (table[(crc >>> 24) ^ byte] ?? 0)
  return crc === 0
}
