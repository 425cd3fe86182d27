/** KindBox (ISO/IEC 14496-12 8.10.4): the role of a track, as a value of some scheme. */
import { type Box, boxes, versionAndFlags } from './box.ts'
import { readString } from './box-string.ts'

/** A value of a scheme. */
export interface Kind {
  readonly scheme: string
  readonly value: string
}

/** The kinds in a track's `udta`. */
export function readKinds(udta: Box): Kind[] {
  const kinds: Kind[] = []
  for (const { type, body } of boxes(udta.body)) {
    if (type !== 'kind') continue
    versionAndFlags(body)
    kinds.push({ scheme: readString(body), value: readString(body) })
  }
  return kinds
}
