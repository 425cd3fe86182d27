/** TextSampleEntry `tx3g` (3GPP TS 26.245 5.16): the default style of a timed text track. */
import type { Box } from './box.ts'

/** Bold, italic and underline, as bits of `face-style-flags`. */
export const faceStyle = { bold: 1, italic: 2, underline: 4 } as const

/** The content of the entry, as far as WebVTT can express it. */
export interface Tx3gEntry {
  readonly dataReference: number
  /** QuickTime File Format, "Subtitle Sample Data": all samples are forced subtitles. */
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
  // Background colour, text box, and the style record's range and font, which are not used here.
  body.skip(4 + 8 + 6)
  return {
    dataReference,
    allForced: (flags & forcedFlag) !== 0,
    horizontal: horizontal === 0 ? 'left' : horizontal === 1 ? 'centre' : 'right',
    vertical: vertical === 0 ? 'top' : vertical === 1 ? 'middle' : 'bottom',
    face: body.u8(),
  }
}
