/** FileTypeBox and SegmentTypeBox (ISO/IEC 14496-12 4.3, 8.16.2): the brands a file conforms to. */
import type { Box } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Brands of a file or segment. */
export interface FileType {
  readonly major: string
  readonly minor: number
  readonly compatible: readonly string[]
}

/** Reads `ftyp` or `styp`. */
export function readFtyp({ body }: Box): FileType {
  const major = body.fourcc()
  const minor = body.u32()
  const compatible: string[] = []
  while (body.left >= 4) compatible.push(body.fourcc())
  return { major, minor, compatible }
}

/** Writes `ftyp` or `styp`. */
export function writeFtyp(
  to: ByteWriter,
  box: 'ftyp' | 'styp',
  { major, minor, compatible }: FileType,
): void {
  to.box(box, () => {
    to.latin1(major)
    to.u32(minor)
    for (const brand of compatible) to.latin1(brand)
  })
}
