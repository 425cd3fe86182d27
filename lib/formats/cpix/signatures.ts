/** The XML signatures of a CPIX document, unverified; `verifySignatures` verifies them. */

import { attributeOf, writeNode, type XmlNode } from '../xml/tree.ts'
import { placeOf, placesOf } from './names.ts'
import type { CpixDocument } from './read-cpix.ts'

/** A `ds:Signature` over the document or one of its lists. */
export interface CpixSignature {
  readonly node: XmlNode
  /** The element's unmodified text. */
  readonly markup: string
  /** The signed elements: the id behind each `#`, empty for the whole document. */
  readonly references: readonly string[]
}

/** The signatures of a document in order; completing it invalidates its own. */
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
