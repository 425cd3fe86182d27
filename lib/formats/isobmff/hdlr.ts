/** HandlerBox (ISO/IEC 14496-12 8.4.3): the media type of a track. */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Reads the handler type: `vide`, `soun`, `text`, `sbtl`, `subt`, `tmcd` … */
export function readHdlr({ body }: Box): string {
  versionAndFlags(body)
  body.skip(4)
  return body.fourcc()
}

/** Writes it with a zero-terminated name, which CMAF checkers require. */
export function writeHdlr(to: ByteWriter, type: string, name: string): void {
  to.fullBox('hdlr', 0, 0, () => {
    to.zeros(4)
    to.latin1(type)
    to.zeros(12)
    to.latin1(name)
    to.u8(0)
  })
}
