/** XML signatures of a CPIX document, as they stand; `verifySignatures` says whether they hold. */

import { attributeOf, writeNode, type XmlNode } from '../xml/tree.ts'
import { placeOf, placesOf } from './names.ts'
import type { CpixDocument } from './read-cpix.ts'

/** A `ds:Signature` over the document or one of its lists. */
export interface CpixSignature {
  readonly node: XmlNode
  /** The element as it stands. */
  readonly markup: string
  /** What it is over: the id behind each `#`, empty for the whole document. */
  readonly references: readonly string[]
}

/** The signatures of a document, in their order; one that has been completed since no longer fits its own. */
export function signaturesOf({ xml }: CpixDocument): CpixSignature[] {
  return placesOf(placeOf(xml.root), 'Signature').map((place) => {
    const references = placesOf(place, 'SignedInfo').flatMap((info) => placesOf(info, 'Reference'))
    return {
      node: place.node,
      markup: writeNode(place.node),
      references: references.map(({ node }) => (attributeOf(node, 'URI') ?? '').replace(/^#/, '')),
    }
  })
}
