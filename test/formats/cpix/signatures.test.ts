/** Signed documents: signed here over libxml2's canonical form by openssl's certificate, and verified by ours. */
import { createHash, type KeyObject, sign } from 'node:crypto'
import { XmlC14NMode, XmlDocument, type XmlElement } from 'libxml2-wasm'
import { describe, expect, it } from 'vitest'
import { readCpix, verifySignatures } from '../../../lib/formats/cpix/index.ts'
import { cpixCrypto } from '../../../lib/platform/crypto/cpix-crypto.ts'
import { type Identity, newIdentity, opensslMissing } from './openssl.ts'
import { answered, request } from './requests.ts'

const ds = 'http://www.w3.org/2000/09/xmldsig#'
const canonical11 = 'http://www.w3.org/2006/12/xml-c14n11'
const canonical10 = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
const sha512 = 'http://www.w3.org/2001/04/xmlenc#sha512'
const rsaSha512 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'

interface Options {
  /** Id of what is signed; the whole document where absent. */
  readonly id?: string
  readonly canonical?: string
  readonly signatureMethod?: string
  readonly digestMethod?: string
  readonly certificate?: Uint8Array
}

/** Of an element by an XPath, as libxml2 has it. */
function canonicalOf(text: string, path: string, mode: string): string {
  const document = XmlDocument.fromString(text)
  try {
    return (document.get(path) as XmlElement).canonicalizeToString({
      mode: mode === canonical10 ? XmlC14NMode.XML_C14N_1_0 : XmlC14NMode.XML_C14N_1_1,
      withComments: false,
    })
  } finally {
    document.dispose()
  }
}

function signed(text: string, { certificate, key }: Identity, options: Options = {}): string {
  const { id, canonical = canonical11, signatureMethod = rsaSha512, digestMethod = sha512 } = options
  const part = canonicalOf(text, id === undefined ? '/*' : `//*[@id="${id}"]`, canonical)
  const digest = createHash('sha512').update(part).digest('base64')
  const enveloped = id === undefined ? `<ds:Transform Algorithm="${ds}enveloped-signature"/>` : ''
  const info =
    `<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${canonical}"/>` +
    `<ds:SignatureMethod Algorithm="${signatureMethod}"/><ds:Reference URI="${id === undefined ? '' : `#${id}`}">` +
    `<ds:Transforms>${enveloped}<ds:Transform Algorithm="${canonical}"/></ds:Transforms>` +
    `<ds:DigestMethod Algorithm="${digestMethod}"/><ds:DigestValue>${digest}</ds:DigestValue>` +
    '</ds:Reference></ds:SignedInfo>'
  const whole = (value: string) =>
    text.replace(
      /<\/cpix:CPIX>$/,
      `<ds:Signature xmlns:ds="${ds}">${info}<ds:SignatureValue>${value}</ds:SignatureValue><ds:KeyInfo>` +
        `<ds:X509Data><ds:X509Certificate>${Buffer.from(options.certificate ?? certificate).toString('base64')}` +
        '</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></cpix:CPIX>',
    )
  return whole(signatureOf(canonicalOf(whole(''), '//*[local-name()="SignedInfo"]', canonical), key))
}

const signatureOf = (data: string, key: KeyObject): string =>
  sign('sha512', Buffer.from(data), key).toString('base64')

const verified = (text: string) => verifySignatures(cpixCrypto, readCpix(text))
const refused = expect.objectContaining({ code: 'CPIX_SIGNATURE', status: 422 })

describe.skipIf(opensslMissing !== undefined)('a signed document', () => {
  const nobody = { certificate: new Uint8Array(), key: undefined as unknown as KeyObject }
  const [signer, other] = opensslMissing
    ? [nobody, nobody]
    : [newIdentity('rsa:2048'), newIdentity('rsa:2048')]
  const text = request().replace('<cpix:ContentKeyList>', '<cpix:ContentKeyList id="keys">')

  it('names who signed it, as a whole or in part', () => {
    for (const canonical of [canonical10, canonical11]) {
      const [whole] = verified(signed(text, signer, { canonical }))
      expect(whole?.references).toEqual([''])
      expect(Buffer.compare(whole?.certificate ?? new Uint8Array(), signer.certificate)).toBe(0)
      expect(verified(signed(text, signer, { canonical, id: 'keys' }))[0]?.references).toEqual(['keys'])
    }
  })

  it('without a signature has none', () => {
    expect(verified(text)).toEqual([])
  })

  it('may be changed where it is not signed, and nowhere else', () => {
    const part = signed(text, signer, { id: 'keys' })
    expect(verified(part.replace('contentId="movie"', 'contentId="other"'))).toHaveLength(1)
    expect(() =>
      verified(part.replace('commonEncryptionScheme="cenc"', 'commonEncryptionScheme="cbcs"')),
    ).toThrow(refused)
    expect(() => verified(signed(text, signer).replace('contentId="movie"', 'contentId="other"'))).toThrow(
      refused,
    )
  })

  it.each<[string, (good: string) => string]>([
    ['another value', (good) => good.replace(/<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA')],
    ['no value', (good) => good.replace(/<ds:SignatureValue>.*<\/ds:SignatureValue>/, '')],
    ['no certificate', (good) => good.replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, '')],
    ['no reference', (good) => good.replace(/<ds:Reference.*<\/ds:Reference>/, '')],
    [
      'nothing',
      (good) => good.replace(/<ds:Signature .*<\/ds:Signature>/, `<ds:Signature xmlns:ds="${ds}"/>`),
    ],
    ['a reference outside', (good) => good.replace('URI=""', 'URI="https://example.com/x"')],
    ['a reference to nothing', (good) => good.replace('URI=""', 'URI="#nothing"')],
    ['another digest', (good) => good.replace(/<ds:DigestValue>..../, '<ds:DigestValue>AAAA')],
  ])('with %s is refused', (_, spoil) => {
    const good = signed(text, signer)
    expect(spoil(good)).not.toBe(good)
    expect(() => verified(spoil(good))).toThrow(refused)
  })

  it.each<[string, Options]>([
    ['SHA-1', { signatureMethod: `${ds}rsa-sha1` }],
    ['a secret of both', { signatureMethod: 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha512' }],
    ['a digest of SHA-1', { digestMethod: `${ds}sha1` }],
    ['a certificate of somebody else', { certificate: other.certificate }],
  ])('by %s is refused', (_, options) => {
    expect(() => verified(signed(text, signer, options))).toThrow(refused)
  })

  it('with two elements of the signed id is refused: one would be signed, the other read', () => {
    const twice = text.replace('<cpix:DRMSystemList>', '<cpix:DRMSystemList id="keys">')
    expect(() => verified(signed(twice, signer, { id: 'keys' }))).toThrow(refused)
  })

  it('with nine signatures is refused', () => {
    const [one = ''] = /<ds:Signature .*<\/ds:Signature>/.exec(signed(text, signer)) ?? []
    expect(() => verified(text.replace('</cpix:CPIX>', `${one.repeat(9)}</cpix:CPIX>`))).toThrow(refused)
  })

  it('is answered without its signature, which would not hold any more', () => {
    expect(answered(signed(text, signer))).not.toContain('Signature')
  })
})
