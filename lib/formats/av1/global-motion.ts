/** Global motion of AV1 frames against their references (AV1 bitstream specification 5.9.24 to 5.9.28). */
import type { BitReader } from '../bits.ts'
import { bounded } from './numbers.ts'

/** global_motion_params of a frame that has references. */
export function skipGlobalMotion(bits: BitReader, highPrecision: boolean): void {
  for (let reference = 0; reference < 7; reference++) {
    if (!bits.flag()) continue
    const turns = bits.flag()
    const shiftsOnly = !turns && bits.flag()
    const parameters = shiftsOnly ? 2 : turns ? 4 : 6
    const width = shiftsOnly ? (highPrecision ? 9 : 8) : 12
    for (let i = 0; i < parameters; i++) skipParameter(bits, 2 ** (width + 1) + 1)
  }
}

/** decode_subexp: the prediction changes the value, not the length. */
function skipParameter(bits: BitReader, count: number): void {
  let below = 0
  for (let width = 3, step = 0; ; step++, width += step > 1 ? 1 : 0) {
    if (count <= below + 3 * 2 ** width) {
      bounded(bits, count - below)
      return
    }
    if (!bits.flag()) {
      bits.bits(width)
      return
    }
    below += 2 ** width
  }
}
