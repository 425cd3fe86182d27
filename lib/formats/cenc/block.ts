/** Operations on blocks of sixteen bytes at any offset. */

/** Bytes of a block. */
export const block = 16

/** The view that the other functions take. */
export const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, length)

/** Copies a block: for so few bytes `set` and a loop are both slower. */
export function copyBlock(from: DataView, at: number, to: DataView, toAt: number): void {
  to.setInt32(toAt, from.getInt32(at))
  to.setInt32(toAt + 4, from.getInt32(at + 4))
  to.setInt32(toAt + 8, from.getInt32(at + 8))
  to.setInt32(toAt + 12, from.getInt32(at + 12))
}

/** XORs a block into another. */
export function addBlock(from: DataView, at: number, to: DataView, toAt: number): void {
  to.setInt32(toAt, to.getInt32(toAt) ^ from.getInt32(at))
  to.setInt32(toAt + 4, to.getInt32(toAt + 4) ^ from.getInt32(at + 4))
  to.setInt32(toAt + 8, to.getInt32(toAt + 8) ^ from.getInt32(at + 8))
  to.setInt32(toAt + 12, to.getInt32(toAt + 12) ^ from.getInt32(at + 12))
}
