/** Blocks of sixteen bytes, which may lie anywhere. */

/** Bytes of one. */
export const block = 16

/** What the others take. */
export const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, length)

/** Copies one: `set` of so few bytes costs more than they do, and so does a loop. */
export function copyBlock(from: DataView, at: number, to: DataView, toAt: number): void {
  to.setInt32(toAt, from.getInt32(at))
  to.setInt32(toAt + 4, from.getInt32(at + 4))
  to.setInt32(toAt + 8, from.getInt32(at + 8))
  to.setInt32(toAt + 12, from.getInt32(at + 12))
}

/** Adds one to another, bit by bit. */
export function addBlock(from: DataView, at: number, to: DataView, toAt: number): void {
  to.setInt32(toAt, to.getInt32(toAt) ^ from.getInt32(at))
  to.setInt32(toAt + 4, to.getInt32(toAt + 4) ^ from.getInt32(at + 4))
  to.setInt32(toAt + 8, to.getInt32(toAt + 8) ^ from.getInt32(at + 8))
  to.setInt32(toAt + 12, to.getInt32(toAt + 12) ^ from.getInt32(at + 12))
}
