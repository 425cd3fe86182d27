/** ColourInformationBox (ISO/IEC 14496-12 12.1.5). */
import type { Box } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Code points of ISO/IEC 23091-2. */
export interface Colour {
  readonly primaries: number
  readonly transfer: number
  readonly matrix: number
  readonly fullRange: boolean
}

/** Reads `nclx` and QuickTime's `nclc`; undefined for an ICC profile or an unknown type. */
export function readColr({ body }: Box): Colour | undefined {
  const type = body.fourcc()
  if (type !== 'nclx' && type !== 'nclc') return undefined
  const primaries = body.u16()
  const transfer = body.u16()
  const matrix = body.u16()
  return { primaries, transfer, matrix, fullRange: type === 'nclx' && body.u8() >= 128 }
}

/** Writes `nclx`. */
export function writeColr(to: ByteWriter, { primaries, transfer, matrix, fullRange }: Colour): void {
  to.box('colr', () => {
    to.latin1('nclx')
    to.u16(primaries)
    to.u16(transfer)
    to.u16(matrix)
    to.u8(fullRange ? 128 : 0)
  })
}
