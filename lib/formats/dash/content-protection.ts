/** ContentProtection with the child elements DRM clients look for (ISO/IEC 23009-1 5.8.4.1, ISO/IEC 23001-7 11.2). */
import { escapeText, type XmlElement } from '../xml/print.ts'
import { descriptorAttributes } from './descriptor.ts'
import type { ContentProtection } from './mpd.ts'

/** The element for each; `cenc`, `mspr` and `dashif` are declared on the MPD. */
export function contentProtections(list: readonly ContentProtection[] | undefined): XmlElement[] {
  return (list ?? []).map((protection) => ({
    name: 'ContentProtection',
    attributes: {
      ...descriptorAttributes(protection),
      robustness: protection.robustness,
      'cenc:default_KID': protection.defaultKid,
    },
    children: [
      ...text('cenc:pssh', protection.pssh),
      ...text('mspr:pro', protection.pro),
      ...text('dashif:Laurl', protection.licenceUrl),
    ],
  }))
}

function text(name: string, value: string | undefined): XmlElement[] {
  return value === undefined ? [] : [{ name, children: [escapeText(value)] }]
}
