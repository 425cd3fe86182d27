/** Every SPEKE request of the corpus: judged, answered, and the answer judged. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  answerSpeke,
  decryptKeys,
  readCpix,
  readSpekeRequest,
  type SpekeRequest,
} from '../../../lib/formats/cpix/index.ts'
import { psshOfText, SYSTEM } from '../../../lib/formats/pssh/index.ts'
import { cpixCrypto, unwrapWith } from '../../../lib/platform/crypto/cpix-crypto.ts'
import { corpus, corpusMissing, corpusText } from '../../judges/corpus.ts'
import { childrenOf, treeOf, walk } from '../../judges/xml-tree.ts'
import { keyFile, openssl, opensslMissing } from './openssl.ts'
import { validateCpix } from './schema.ts'

const folder = 'standards/cpix-speke'

interface Case {
  readonly file: string
  readonly http_status: number | string
  readonly scheme?: string
  readonly content_keys?: number
  readonly drm_systems?: number
  readonly usage_rules?: number
  readonly widevine?: number
  readonly playready?: number
  readonly fairplay?: number
  readonly intended_track_types?: readonly string[]
  readonly encrypted?: boolean
}

const cases = (corpusMissing ? [] : JSON.parse(corpusText(folder, 'expected.json'))) as readonly Case[]
const good = cases.filter(({ http_status: status }) => status === 200)
const bad = cases.filter(({ http_status: status }) => status !== 200)

/** Each kid's key is made of the kid, so that the test knows it. */
const keyOf = (kid: string): Uint8Array =>
  Uint8Array.from(Buffer.from(kid.replaceAll('-', ''), 'hex'), (byte) => byte ^ 0x55)

function answer(text: string): { readonly request: SpekeRequest; readonly xml: string } {
  const document = readCpix(Buffer.from(text))
  const { request, problems } = readSpekeRequest(document.cpix, '2.0')
  expect(problems).toBeUndefined()
  if (!request) throw new Error('unreachable')
  const keys = new Map(
    request.keys.map(({ kid }) => [
      kid,
      { key: keyOf(kid), signaling: { fairPlayUri: `skd://${kid}`, widevine: { provider: 'p' } } },
    ]),
  )
  return { request, xml: answerSpeke(document, { request, keys, crypto: cpixCrypto }) }
}

const decoded = (text: string): string => Buffer.from(text, 'base64').toString()

describe.skipIf(corpusMissing !== undefined)('SPEKE 2.0 requests of the corpus', () => {
  it.each(good)('$file is answered', (expected) => {
    const { request, xml } = answer(corpusText(folder, expected.file))
    expect(validateCpix(xml, '2.3')).toEqual([])
    expect(validateCpix(xml, '2.3.1')).toEqual([])
    const all = [...walk(treeOf(xml) ?? expect.fail('not well-formed'))]
    const named = (name: string) => all.filter((node) => node.name === name)
    const systems = named('DRMSystem')
    const count = (id: string) => systems.filter(({ attributes }) => attributes['systemId'] === id).length
    const { scheme, content_keys, drm_systems, usage_rules, widevine, playready, fairplay } = expected
    expect(named('ContentKey')).toHaveLength(content_keys ?? request.keys.length)
    expect(systems).toHaveLength(drm_systems ?? request.systems.length)
    expect(named('ContentKeyUsageRule')).toHaveLength(usage_rules ?? request.keys.length)
    expect([count(SYSTEM.widevine), count(SYSTEM.playready), count(SYSTEM.fairplay)]).toEqual([
      widevine ?? count(SYSTEM.widevine),
      playready ?? count(SYSTEM.playready),
      fairplay ?? count(SYSTEM.fairplay),
    ])
    expect(request.scheme).toBe(scheme ?? request.scheme)
    const types = request.keys.map(({ intendedTrackType }) => intendedTrackType)
    expect(types).toEqual(expected.intended_track_types ?? types)
    for (const system of systems) {
      const text = (name: string): string | undefined => childrenOf(system, name)[0]?.text
      const isFairPlay = system.attributes['systemId'] === SYSTEM.fairplay
      if (isFairPlay) expect([text('PSSH'), text('ContentProtectionData')]).toEqual([undefined, undefined])
      else {
        expect(psshOfText(text('PSSH') ?? '')[0]?.systemId).toBe(system.attributes['systemId'])
        if (text('ContentProtectionData') !== undefined)
          expect(decoded(text('ContentProtectionData') ?? '')).toContain(`>${text('PSSH')}<`)
      }
      const lines = childrenOf(system, 'HLSSignalingData').map(({ attributes, text: line }) => {
        const isMedia = attributes['playlist'] === 'media'
        expect(decoded(line)).toMatch(isMedia ? /^#EXT-X-KEY:[^\n]+$/ : /^#EXT-X-SESSION-KEY:[^\n]+$/)
        return decoded(line).replace('-SESSION-', '-')
      })
      expect(new Set(lines).size).toBeLessThanOrEqual(1)
    }
    if (expected.encrypted) expect(named('PlainValue')).toEqual([])
    else
      expect(named('ContentKey').map((node) => [...walk(node)].at(-1)?.text)).toEqual(
        request.keys.map(({ kid }) => Buffer.from(keyOf(kid)).toString('base64')),
      )
  })

  it.each(bad)('$file is refused: $why', ({ file }) => {
    const { problems } = readSpekeRequest(readCpix(corpusText(folder, file)).cpix, '2.0')
    expect(problems?.[0]).toMatchObject({ status: 422 })
  })

  it.skipIf(opensslMissing !== undefined).each([
    ['speke-v2/encrypted_delivery/tc1_live_cert1.xml', 'Cert1'],
    ['speke-v2/encrypted_delivery/tc5_vod_cert2.xml', 'Cert2'],
  ])('%s: openssl and we open the keys for %s', (file, name) => {
    const { request, xml } = answer(corpusText(folder, file))
    const pfx = join(corpus, folder, 'recipients', `${name}.pfx`)
    const pem = openssl(['pkcs12', '-legacy', '-in', pfx, '-passin', `pass:${name}`, '-nodes', '-nocerts'])
    const privateKey = createPrivateKey(pem)
    const certificate = request.recipients[0]?.certificates[0] ?? expect.fail('no certificate')
    const keys = decryptKeys(cpixCrypto, readCpix(xml).cpix, { certificate, unwrap: unwrapWith(privateKey) })
    expect([...keys]).toEqual(request.keys.map(({ kid }) => [kid, keyOf(kid)]))
    expect(Buffer.from(certificate)).toEqual(certificateOf(name))
    expect(opensslKeys(xml, privateKey)).toEqual(
      request.keys.map(({ kid }) => Buffer.from(keyOf(kid)).toString('hex')),
    )
  })
})

function certificateOf(name: string): Buffer {
  const bytes = readFileSync(join(corpus, folder, 'recipients', `${name}.cer`))
  const text = bytes.toString('latin1')
  return text.includes('-----') ? Buffer.from(text.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64') : bytes
}

/** The keys as the command line of openssl opens them, MACs checked. */
function opensslKeys(xml: string, key: KeyObject): string[] {
  const root = treeOf(xml) ?? expect.fail('not well-formed')
  const ciphers = (name: string): Buffer[] =>
    [...walk(root)]
      .filter((node) => node.name === name)
      .map((node) =>
        Buffer.from([...walk(node)].find((one) => one.name === 'CipherValue')?.text ?? '', 'base64'),
      )
  const rsa = ['pkeyutl', '-decrypt', '-inkey', keyFile(key), '-pkeyopt', 'rsa_padding_mode:oaep']
  const unwrap = (input: Buffer | undefined): string => openssl(rsa, input).toString('hex')
  const documentKey = unwrap(ciphers('DocumentKey')[0])
  const hmac = [
    'dgst',
    '-sha512',
    '-mac',
    'HMAC',
    '-macopt',
    `hexkey:${unwrap(ciphers('MACMethod')[0])}`,
    '-binary',
  ]
  const macs = [...walk(root)].filter(({ name }) => name === 'ValueMAC').map(({ text }) => text)
  return ciphers('ContentKey').map((cipher, i) => {
    expect(openssl(hmac, cipher).toString('base64')).toBe(macs[i])
    const aes = ['enc', '-d', '-aes-256-cbc', '-K', documentKey, '-iv', cipher.toString('hex', 0, 16)]
    return openssl(aes, cipher.subarray(16)).toString('hex')
  })
}
