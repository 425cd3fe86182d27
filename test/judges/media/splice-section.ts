/** Whether bytes are one whole splice_info_section (SCTE 35 9.6): table id, length, CRC-32/MPEG-2. */
export function spliceSectionFault(hex: string): string | undefined {
  if (!/^0[xX]([0-9a-fA-F]{2})+$/.test(hex)) return 'not 0x and whole bytes'
  const bytes = Buffer.from(hex.slice(2), 'hex')
  if (bytes.length < 15 || bytes[0] !== 0xfc) return 'no splice_info_section'
  const length = (bytes.readUInt16BE(1) & 0xfff) + 3
  if (length !== bytes.length) return `section of ${length} bytes in ${bytes.length}`
  return crc32(bytes) === 0 ? undefined : 'wrong CRC'
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte << 24
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  }
  return crc >>> 0
}
