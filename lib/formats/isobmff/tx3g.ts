/** TextSampleEntry `tx3g` (3GPP TS 26.245 5.16): how the texts of a timed text track look by default. */
import type { Box } from './box.ts'

/** Bold, italic and underline, as bits of `face-style-flags`. */
export const faceStyle = { bold: 1, italic: 2, underline: 4 } as const

/** What it says, as far as WebVTT can say it again. */
export interface Tx3gEntry {
  readonly dataReference: number
  /** QuickTime File Format, "Subtitle Sample Data": all samples are for whoever shows no subtitles. */
  readonly allForced: boolean
  readonly horizontal: 'left' | 'centre' | 'right'
  readonly vertical: 'top' | 'middle' | 'bottom'
  /** Bits of `faceStyle`. */
  readonly face: number
}

const forcedFlag = 0x80000000

/** Reads it up to the default style. */
export function readTx3g({ body }: Box): Tx3gEntry {
  body.skip(6)
  const dataReference = body.u16()
  const flags = body.u32()
  const [horizontal, vertical] = [body.u8(), body.u8()]
  // Colour behind the text, its box, and of the style record the range and font, which mean nothing here.
  body.skip(4 + 8 + 6)
  return {
    dataReference,
    allForced: (flags & forcedFlag) !== 0,
    horizontal: horizontal === 0 ? 'left' : horizontal === 1 ? 'centre' : 'right',
    vertical: vertical === 0 ? 'top' : vertical === 1 ? 'middle' : 'bottom',
    face: body.u8(),
  }
}
