/** PixelAspectRatioBox (ISO/IEC 14496-12 12.1.4). */
import type { Box } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Horizontal and vertical spacing; undefined if one of them is 0, which is meaningless. */
export function readPasp({ body }: Box): readonly [number, number] | undefined {
  const h = body.u32()
  const v = body.u32()
  return h === 0 || v === 0 ? undefined : [h, v]
}

/** Writes it. */
export function writePasp(to: ByteWriter, [h, v]: readonly [number, number]): void {
  to.box('pasp', () => {
    to.u32(h)
    to.u32(v)
  })
}
