/** Sections as people pass them on: base64, or hex. */
import { base64Bytes } from '../base64.ts'
import { hexBytes } from '../uuid.ts'
import { readSpliceInfoSection, type SpliceInfoSection } from './section.ts'

/** Reads a section of its base64, or of its hex with or without 0x. */
export function sectionOfText(text: string): SpliceInfoSection {
  const bare = text.trim()
  // No base64 of a section begins with FC: that would be another table_id.
  const isHex = /^(?:0x|fc)/i.test(bare)
  return readSpliceInfoSection(
    isHex ? hexBytes(bare.replace(/^0x/i, ''), 'section') : base64Bytes(bare, 'section'),
  )
}
