/** Copies parts of packets. */

/** Where bytes come from, and where they go. */
export interface Copied {
  readonly from: number
  readonly to: number
  readonly at: number
}

/** Copies bytes `from` to `to` of the source to `at` of the target. A view of each packet would be most of the garbage. */
export function copyBytes(source: Uint8Array, target: Uint8Array, { from, to, at }: Copied): void {
  Buffer.prototype.copy.call(source, target, at, from, to)
}
