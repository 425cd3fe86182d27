/** CRC-32 of MPEG-2 sections (ISO/IEC 13818-1 Annex A): polynomial 04C11DB7, not reflected, starting from all ones. */

/** The checksum of bytes; over a section with its own CRC_32 at the end it is 0. */
export function crc32Mpeg(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = ((crc << 8) ^ (TABLE[(crc >>> 24) ^ byte] ?? 0)) >>> 0
  return crc
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc >>> 0
})
