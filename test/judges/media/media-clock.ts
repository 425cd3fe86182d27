/** What an init segment and a media segment say of time, read from their boxes by nobody's parser. */

/** Ticks a second, and the seconds its edit list takes off in front (ISO/IEC 14496-12 8.4.2 and 8.6.6). */
export function clockOfInit(init: Buffer): { readonly timescale: number; readonly hiddenSeconds: number } {
  const mdhd = bodyOf(init, 'mdhd')
  const timescale = init.readUInt32BE(mdhd + (init[mdhd] === 1 ? 20 : 12))
  const elst = bodyOf(init, 'elst')
  if (elst < 0) return { timescale, hiddenSeconds: 0 }
  const isLong = init[elst] === 1
  const mediaTime = isLong ? Number(init.readBigInt64BE(elst + 16)) : init.readInt32BE(elst + 12)
  return { timescale, hiddenSeconds: mediaTime / timescale }
}

/** `baseMediaDecodeTime` of a segment's `tfdt` (ISO/IEC 14496-12 8.8.12). */
export function decodeTicksOf(segment: Buffer): number {
  const tfdt = bodyOf(segment, 'tfdt')
  return segment[tfdt] === 1 ? Number(segment.readBigUInt64BE(tfdt + 4)) : segment.readUInt32BE(tfdt + 4)
}

/** Where a box's version stands; below 0 where there is none. */
const bodyOf = (bytes: Buffer, type: string): number => {
  const at = bytes.indexOf(type)
  return at < 0 ? at : at + 4
}
