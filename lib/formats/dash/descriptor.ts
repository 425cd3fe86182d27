/** Descriptors: one form under many names (ISO/IEC 23009-1 5.8.2). */
import type { XmlElement } from '../xml/print.ts'
import type { Descriptor } from './mpd.ts'

/** One `<name schemeIdUri value id/>` for each. */
export function descriptors(name: string, list: readonly Descriptor[] | undefined): XmlElement[] {
  return (list ?? []).map((descriptor) => ({ name, attributes: descriptorAttributes(descriptor) }))
}

/** The attributes every descriptor has. */
export function descriptorAttributes({ schemeIdUri, value, id }: Descriptor) {
  return { schemeIdUri, value, id }
}
