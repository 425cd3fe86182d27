import { createSecretKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import {
  type Cpix,
  decryptKeys,
  encryptKeys,
  METHOD,
  printCpix,
  readCpix,
} from '../../../lib/formats/cpix/index.ts'
import { cpixCrypto, unwrapWith } from '../../../lib/platform/crypto/cpix-crypto.ts'
import { corpusMissing } from '../../judges/corpus.ts'
import { type Identity, newIdentity, opensslMissing } from './openssl.ts'
import { answered, audioKid, key, request, videoKid } from './requests.ts'
import { validateCpix } from './schema.ts'

const empty: Cpix = { deliveries: [], keys: [], systems: [], periods: [], rules: [], history: [] }
const valid = corpusMissing ? () => [] : validateCpix

const nobody: Identity = { certificate: new Uint8Array(), key: createSecretKey(new Uint8Array(1)) }

describe.skipIf(opensslMissing !== undefined)('encrypted keys', () => {
  // a suite that is skipped is still gathered
  const [a, b] = opensslMissing ? [nobody, nobody] : [newIdentity('rsa:2048'), newIdentity('rsa:3072')]
  const keys = new Map([
    [videoKid, new Uint8Array(16).fill(1)],
    [audioKid, new Uint8Array(16).fill(2)],
  ])
  const certificates = [a.certificate, b.certificate]
  const open = (cpix: Cpix, { certificate, key: privateKey }: Identity) =>
    decryptKeys(cpixCrypto, cpix, { certificate, unwrap: unwrapWith(privateKey) })

  /** A document for both recipients, through its text. */
  function document(version: '2.3' | '2.4'): Cpix {
    const { secrets, deliveries } = encryptKeys(cpixCrypto, { keys, certificates, version })
    const printed = printCpix({
      ...empty,
      version,
      keys: [...secrets].map(([kid, secret]) => ({ kid, secret })),
      deliveries: deliveries.map((one, i) => ({ ...one, certificates: certificates.slice(i, i + 1) })),
    })
    expect(valid(printed, version)).toEqual([])
    return readCpix(printed).cpix
  }

  it.each(['2.3', '2.4'] as const)('are opened by every recipient of a %s document', (version) => {
    const cpix = document(version)
    expect(open(cpix, a)).toEqual(keys)
    expect(open(cpix, b)).toEqual(keys)
    expect(cpix.deliveries[0]?.documentKeys[0]?.algorithm).toBe(
      version === '2.3' ? METHOD.aes256Cbc : undefined,
    )
  })

  it('are in the answer to a request for every recipient it names, and clear in none', () => {
    const delivery = certificates
      .map((one) => Buffer.from(one).toString('base64'))
      .map((one) => `<X509Data><X509Certificate>${one}</X509Certificate></X509Data>`)
      .map((one) => `<cpix:DeliveryData><cpix:DeliveryKey>${one}</cpix:DeliveryKey></cpix:DeliveryData>`)
      .join('')
    const text = answered(
      request({ delivery })
        .replaceAll('X509', 'ds:X509')
        .replace(' ', ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#" '),
    )
    expect(valid(text, '2.3')).toEqual([])
    expect(text).not.toContain('PlainValue')
    const seven = new Uint8Array(16).fill(7)
    for (const one of [a, b])
      expect(open(readCpix(text).cpix, one)).toEqual(
        new Map([
          [videoKid, seven],
          [audioKid, seven],
        ]),
      )
  })

  it('are other bytes each time', () => {
    const ciphers = [document('2.3'), document('2.3')].map(
      ({ keys: [one] }) => one?.secret?.encrypted?.cipher,
    )
    expect(ciphers[0]).not.toEqual(ciphers[1])
  })

  it('stand beside clear ones, which need no recipient', () => {
    const clear = {
      ...empty,
      keys: [{ kid: videoKid, secret: { plain: new Uint8Array(16) } }, { kid: audioKid }],
    }
    expect(open(clear, a)).toEqual(new Map([[videoKid, new Uint8Array(16)]]))
  })

  it('may have a document key each (2.4)', () => {
    const one = encryptKeys(cpixCrypto, { keys, certificates: [a.certificate], version: '2.4' })
    const [delivery] = one.deliveries
    const cpix: Cpix = {
      ...empty,
      keys: [...one.secrets].map(([kid, secret]) => ({ kid, secret })),
      deliveries: [
        {
          certificates: [a.certificate],
          ...(delivery ? { macMethod: delivery.macMethod } : {}),
          documentKeys: [...keys.keys()].map((kid) => ({ ...delivery?.documentKeys[0], encryptsKey: kid })),
        },
      ],
    }
    expect(open(cpix, a)).toEqual(keys)
    const lost = cpix.deliveries.map((one_) => ({ ...one_, documentKeys: one_.documentKeys.slice(1) }))
    expect(() => open({ ...cpix, deliveries: lost }, a)).toThrow(
      expect.objectContaining({ code: 'CPIX_DOCUMENT_KEY' }),
    )
  })

  it('are refused where anything was touched', () => {
    const cpix = document('2.3')
    const [first, second] = cpix.keys
    const cipher = first?.secret?.encrypted?.cipher.slice() ?? expect.fail()
    cipher[20] = (cipher[20] ?? 0) ^ 1
    const swapped = { kid: videoKid, secret: { ...first?.secret, mac: second?.secret?.mac ?? expect.fail() } }
    const bent = {
      kid: videoKid,
      secret: { ...first?.secret, encrypted: { algorithm: METHOD.aes256Cbc, cipher } },
    }
    const bare = { kid: videoKid, secret: { encrypted: first?.secret?.encrypted ?? expect.fail() } }
    for (const one of [swapped, bent, bare])
      expect(() => open({ ...cpix, keys: [one] }, a)).toThrow(expect.objectContaining({ code: 'CPIX_MAC' }))
    const noMac = cpix.deliveries.map((one) => ({
      certificates: one.certificates,
      documentKeys: one.documentKeys,
    }))
    expect(() => open({ ...cpix, deliveries: noMac }, a)).toThrow(
      expect.objectContaining({ code: 'CPIX_MAC' }),
    )
    expect(() => open({ ...cpix, deliveries: [] }, a)).toThrow(
      expect.objectContaining({ code: 'CPIX_RECIPIENT' }),
    )
    expect(() => open(cpix, { ...a, key: b.key })).toThrow(
      expect.objectContaining({ code: 'CPIX_RECIPIENT' }),
    )
    const rot13 = { kid: videoKid, secret: { encrypted: { algorithm: 'urn:rot13', cipher } } }
    expect(() => open({ ...cpix, keys: [rot13] }, a)).toThrow(
      expect.objectContaining({ code: 'CPIX_CIPHER' }),
    )
  })

  it('are not made for short keys, other keys and no certificate at all', () => {
    const weak = [newIdentity('rsa:1024'), newIdentity('ec', '-pkeyopt', 'ec_paramgen_curve:P-256')]
    for (const certificate of [...weak.map((one) => one.certificate), new Uint8Array(3)])
      expect(() => encryptKeys(cpixCrypto, { keys, certificates: [certificate] })).toThrow(
        expect.objectContaining({ code: 'CPIX_CERTIFICATE', status: 422 }),
      )
    expect(() => encryptKeys(cpixCrypto, { keys, certificates: [] })).toThrow(HeadendError)
  })

  it('say nothing of a key in an error', () => {
    const text = request({
      keys: `${key(videoKid).slice(0, -2)}><Data><Secret><PlainValue>c2VjcmV0!</PlainValue></Secret></Data></cpix:ContentKey>`,
    })
    expect(() => readCpix(text)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('c2Vj') }),
    )
  })
})
