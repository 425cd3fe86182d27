/** Verifies the XML signatures of a CPIX document (XML Signature 1.1 3.2; CPIX 2.3 6.4). */
import { HeadendError } from '../../errors.ts'
import { base64Bytes } from '../base64.ts'
import { canonicalXml } from '../xml/canonical.ts'
import { attributeOf, contentOf, isNode, type XmlDocument, type XmlNode } from '../xml/tree.ts'
import { type Place, placeIn, placeOf, placesOf } from './names.ts'
import type { CpixDocument } from './read-cpix.ts'

/** The supported digests; SHA-1 can be forged. */
export type SignatureHash = 'sha256' | 'sha384' | 'sha512'

/** The cryptography that verifying needs. */
export interface SignatureCrypto {
  digest(hash: SignatureHash, data: Uint8Array): Uint8Array
  /** RSASSA-PKCS1-v1_5 by the key of an X.509 certificate in DER. */
  isSignedBy(
    certificate: Uint8Array,
    signed: { readonly hash: SignatureHash; readonly data: Uint8Array; readonly signature: Uint8Array },
  ): boolean
}

/** The signer, and the signed elements. */
export interface VerifiedSignature {
  /** DER; the caller decides whose it is and whether to trust it. */
  readonly certificate: Uint8Array
  /** Ids of the signed elements, empty for the whole document. */
  readonly references: readonly string[]
}

/**
 * The verified signatures of a document. Throws CPIX_SIGNATURE (422) for an invalid one, or one with unknown methods: a
 * signed document is verified completely or refused.
 */
export function verifySignatures(crypto: SignatureCrypto, { xml }: CpixDocument): VerifiedSignature[] {
  const signatures = placesOf(placeOf(xml.root), 'Signature')
  if (signatures.length > MOST) throw refused(`expected at most ${MOST}, got ${signatures.length}`)
  return signatures.map((place) => verify(crypto, xml, place))
}

function verify(crypto: SignatureCrypto, xml: XmlDocument, signature: Place): VerifiedSignature {
  const info = placeIn(signature, 'SignedInfo')
  if (!info) throw refused('expected SignedInfo')
  needCanonical(methodOf(info, 'CanonicalizationMethod'))
  const references = placesOf(info, 'Reference')
  if (references.length === 0 || references.length > MOST)
    throw refused(`expected 1 to ${MOST} References, got ${references.length}`)
  for (const reference of references) verifyReference(crypto, xml, { signature: signature.node, reference })
  const hash = known(SIGNATURES, methodOf(info, 'SignatureMethod'), 'SignatureMethod')
  const certificate = base64In(
    placeIn(placeIn(placeIn(signature, 'KeyInfo'), 'X509Data'), 'X509Certificate'),
    'X509Certificate',
  )
  const data = utf8(canonicalXml(xml, { apex: info.node }))
  const value = base64In(placeIn(signature, 'SignatureValue'), 'SignatureValue')
  if (!crypto.isSignedBy(certificate, { hash, data, signature: value }))
    throw refused('expected a SignatureValue by its certificate, got another')
  return { certificate, references: references.map(({ node }) => idIn(node)) }
}

function verifyReference(
  crypto: SignatureCrypto,
  xml: XmlDocument,
  { signature, reference }: { readonly signature: XmlNode; readonly reference: Place },
): void {
  const id = idIn(reference.node)
  const transforms = placesOf(placeIn(reference, 'Transforms'), 'Transform').map(algorithmOf)
  const isEnveloped = transforms[0] === ENVELOPED
  const [canonical = CANONICAL_10, ...more] = isEnveloped ? transforms.slice(1) : transforms
  needCanonical(canonical)
  if (more.length > 0) throw refused(`Reference: expected no Transform behind ${canonical}`)
  const hash = known(DIGESTS, methodOf(reference, 'DigestMethod'), 'DigestMethod')
  const part = {
    ...(id !== '' && { apex: elementOf(xml.root, id) }),
    ...(isEnveloped && { without: signature }),
  }
  const found = crypto.digest(hash, utf8(canonicalXml(xml, part)))
  const said = base64In(placeIn(reference, 'DigestValue'), 'DigestValue')
  if (found.length !== said.length || found.some((byte, i) => byte !== said[i]))
    throw refused(`Reference ${JSON.stringify(id.slice(0, 80))}: expected the digest of what stands there`)
}

/** The only element with an id: of two, one could be signed and the other read. */
function elementOf(root: XmlNode, id: string): XmlNode {
  const found: XmlNode[] = []
  const left = [root]
  for (let node = left.pop(); node; node = left.pop()) {
    if (
      ['id', 'Id', 'ID'].some((name) => node?.attributes.some((one) => one.name === name && one.value === id))
    )
      found.push(node)
    left.push(...node.children.filter(isNode))
  }
  const [only, ...others] = found
  if (only && others.length === 0) return only
  throw refused(`Reference: expected one element of its id, got ${found.length}`)
}

/** Empty for the whole document. */
function idIn(reference: XmlNode): string {
  const uri = attributeOf(reference, 'URI')
  if (uri === undefined || !/^(#[\w.-]{1,256})?$/.test(uri))
    throw refused('Reference: expected a URI within the document')
  return uri.slice(1)
}

const algorithmOf = ({ node }: Place): string => attributeOf(node, 'Algorithm') ?? ''

function methodOf(place: Place, name: string): string {
  const method = placeIn(place, name)
  if (method) return algorithmOf(method)
  throw refused(`expected ${name}`)
}

function needCanonical(algorithm: string): void {
  if (algorithm !== CANONICAL_10 && algorithm !== CANONICAL_11)
    throw refused(`expected Canonical XML 1.0 or 1.1, got ${JSON.stringify(algorithm.slice(0, 80))}`)
}

function known(list: ReadonlyMap<string, SignatureHash>, algorithm: string, what: string): SignatureHash {
  const hash = list.get(algorithm)
  if (hash) return hash
  throw refused(`${what}: expected RSA and SHA-2, got ${JSON.stringify(algorithm.slice(0, 80))}`)
}

function base64In(place: Place | undefined, what: string): Uint8Array {
  const bytes = place && base64Bytes(contentOf(place.node), what)
  if (bytes && bytes.length > 0) return bytes
  throw refused(`expected ${what}`)
}

/** The maximum number of signatures: each may cover the whole document, which is then canonicalized. */
const MOST = 8

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const CANONICAL_10 = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
const CANONICAL_11 = 'http://www.w3.org/2006/12/xml-c14n11'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
const SIGNATURES: ReadonlyMap<string, SignatureHash> = new Map([
  [`${MORE}rsa-sha256`, 'sha256'],
  [`${MORE}rsa-sha384`, 'sha384'],
  [`${MORE}rsa-sha512`, 'sha512'],
])
const DIGESTS: ReadonlyMap<string, SignatureHash> = new Map([
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'sha256'],
  [`${MORE}sha384`, 'sha384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
])

const refused = (text: string): HeadendError =>
  new HeadendError('CPIX_SIGNATURE', `ds:Signature: ${text}`, { status: 422 })
