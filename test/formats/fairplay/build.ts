/** An SPC as an iPhone makes it, its payload anything. */
export function spc({
  version = 1,
  keyBytes = 128,
  hashBytes = 20,
  payload = Buffer.alloc(96, 0x5a),
} = {}): Buffer {
  const head = Buffer.alloc(24, 0x11)
  head.writeUInt32BE(version)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(payload.length)
  return Buffer.concat([head, Buffer.alloc(keyBytes, 0x22), Buffer.alloc(hashBytes, 0x33), length, payload])
}
