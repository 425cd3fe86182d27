/** Output protection of video (ISO/IEC 23009-1 5.8.4.12): the minimum HDCP of a device's output. */
import type { Descriptor } from './mpd.ts'

/** The descriptor (5.8.5.14) for a level of HLS's HDCP-LEVEL: Type 1 came with HDCP 2.2. */
export const outputProtection = (level: 'TYPE-0' | 'TYPE-1'): Descriptor => ({
  schemeIdUri: 'urn:mpeg:dash:output-protection:hdcp:2020',
  value: level === 'TYPE-1' ? '2.2' : '1.0',
})

/** The descriptor as a standalone fragment, to put into other manifests. */
export function outputProtectionMarkup(level: 'TYPE-0' | 'TYPE-1'): string {
  const { schemeIdUri, value } = outputProtection(level)
  return `<OutputProtection xmlns="urn:mpeg:dash:schema:mpd:2011" schemeIdUri="${schemeIdUri}" value="${value}"/>`
}
