/** Keys out to a certificate and in again: over real stores, opened by nobody else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decryptKeys, readCpix } from '../../../lib/formats/cpix/index.ts'
import { cpixCrypto, unwrapWith } from '../../../lib/platform/crypto/cpix-crypto.ts'
import { logOf } from '../../../lib/platform/log.ts'
import { keyArchive } from '../../../lib/rights/exchange/store.ts'
import { answerExchange, contentKey, keyOpener } from '../../../lib/rights/index.ts'
import { type Identity, newIdentity, opensslMissing } from '../../formats/cpix/openssl.ts'
import { validateCpix } from '../../formats/cpix/schema.ts'
import { corpusMissing } from '../../judges/corpus.ts'
import { openRightsCloud, table, wrappingKey } from '../cloud.ts'

const signer = 'arn:aws:iam::000000000000:user/operator'
let cloud: Awaited<ReturnType<typeof openRightsCloud>>
beforeAll(async () => {
  cloud = await openRightsCloud()
})
afterAll(() => cloud.close())

const lines: string[] = []
function post(path: string, body: string | Uint8Array, who: string | undefined = signer) {
  const rights = cloud.ports()
  const ports = {
    ...rights,
    opener: keyOpener({ keyStore: rights.keyStore, now: rights.now }),
    archive: keyArchive({ table, tables: cloud.tables, wrappingKey }),
    crypto: cpixCrypto,
    log: logOf({}, (line) => lines.push(line)),
  }
  return answerExchange(ports, { method: 'POST', path, signer: who, body: Buffer.from(body), requestId: 'r' })
}

const codeOf = (body: string): string => (JSON.parse(body) as { error: { code: string } }).error.code

const kid = '0f083e4e-b831-4a3d-917e-ce78076e0001'
const key = Buffer.from(Array.from({ length: 16 }, (_, i) => i))

/** A document with one clear key. */
const clear = ({ content = 'vod/bought', secret = key.toString('base64'), iv = '', of = kid } = {}) =>
  `<CPIX xmlns="urn:dashif:org:cpix" xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc" contentId="${content}" version="2.3">` +
  `<ContentKeyList><ContentKey kid="${of}" ${iv && `explicitIV="${iv}"`} commonEncryptionScheme="cbcs">` +
  `<Data><pskc:Secret><pskc:PlainValue>${secret}</pskc:PlainValue></pskc:Secret></Data></ContentKey></ContentKeyList>` +
  '<ContentKeyPeriodList><ContentKeyPeriod id="p" index="4"/></ContentKeyPeriodList><ContentKeyUsageRuleList>' +
  `<ContentKeyUsageRule kid="${of}" intendedTrackType="HD"><KeyPeriodFilter periodId="p"/></ContentKeyUsageRule>` +
  '</ContentKeyUsageRuleList></CPIX>'

describe.skipIf(opensslMissing !== undefined)('exported keys', () => {
  const recipient: Identity | undefined = opensslMissing ? undefined : newIdentity('rsa:2048')
  const certificate = recipient?.certificate ?? new Uint8Array()
  const ask = (content: string) =>
    post('/keys/export', JSON.stringify({ content, recipient: Buffer.from(certificate).toString('base64') }))

  it('are all of a content, for the owner of the certificate, with period and track type', async () => {
    const ports = cloud.ports()
    const names = [
      { period: 0, label: 'HD' },
      { period: 1, label: 'HD' },
      { period: 0, label: 'AUDIO' },
    ]
    const made = await Promise.all(names.map((name) => contentKey(ports, { contentId: 'vod/film', ...name })))
    const { status, headers, body } = await ask('vod/film')
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'application/xml',
      'no-store',
    ])
    if (corpusMissing === undefined) expect(validateCpix(body, '2.3')).toEqual([])
    const { cpix } = readCpix(body)
    expect(body).not.toContain('PlainValue')
    const unwrap = unwrapWith(recipient?.key ?? expect.fail('no key'))
    const opened = decryptKeys(cpixCrypto, cpix, { certificate, unwrap })
    const expected = await Promise.all(
      made.map(async (one) => [one.kid, Buffer.from(await ports.keyStore.unwrap(one))]),
    )
    expect(new Map([...opened].map(([id, one]) => [id.replaceAll('-', ''), Buffer.from(one)]))).toEqual(
      new Map(expected as [string, Buffer][]),
    )
    expect(
      cpix.rules.map(({ intendedTrackType, periodIds }) => `${intendedTrackType} ${periodIds.join()}`),
    ).toEqual(['AUDIO period-0', 'HD period-0', 'HD period-1'])
    expect(await ports.protection.asks('vod/film', 1)).toMatchObject([{ who: signer, door: 'export' }])
  })

  it('come in again elsewhere, the same', async () => {
    const { body } = await ask('vod/film')
    const { cpix } = readCpix(body)
    const unwrap = unwrapWith(recipient?.key ?? expect.fail('no key'))
    for (const [id, one] of decryptKeys(cpixCrypto, cpix, { certificate, unwrap })) {
      const text = clear({ content: 'vod/copy', of: id, secret: Buffer.from(one).toString('base64') })
      expect(JSON.parse((await post('/keys/import', text)).body)).toMatchObject({ imported: 1 })
    }
  })

  it('of nothing are none', async () => {
    const { status, body } = await ask('vod/nothing')
    expect([status, codeOf(body)]).toEqual([404, 'KEY_UNKNOWN'])
  })

  it.each<[string, string, string]>([
    ['without a certificate', '{"content":"vod/film"}', 'KEYS_EXPORT'],
    ['for what is no certificate', '{"content":"vod/film","recipient":"AAAA"}', 'CPIX_CERTIFICATE'],
    ['of no JSON', 'content', 'KEYS_EXPORT'],
  ])('%s are refused', async (_, body, code) => {
    expect(codeOf((await post('/keys/export', body)).body)).toBe(code)
  })
})

describe('imported keys', () => {
  it('stand beside the own ones of the content, under their kid, with IV and period', async () => {
    const iv = Buffer.alloc(16, 9)
    const { status, body } = await post('/keys/import', clear({ iv: iv.toString('base64') }))
    expect([status, JSON.parse(body)]).toEqual([200, { contentId: 'vod/bought', imported: 1, known: 0 }])
    const ports = cloud.ports()
    const name = { contentId: 'vod/bought', period: 4, label: 'HD' }
    const record = await ports.keyStore.find({ ...name, kid: kid.replaceAll('-', '') })
    if (!record) throw new Error('expected a key')
    expect(record).toMatchObject({
      ...name,
      iv: iv.toString('hex'),
      checksum: expect.stringMatching(/^.{11}=$/),
    })
    expect(Buffer.compare(await ports.keyStore.unwrap(record), key)).toBe(0)
    expect((await contentKey(ports, name)).kid).not.toBe(record.kid)
    expect(await ports.protection.asks('vod/bought', 1)).toMatchObject([{ who: signer, door: 'import' }])
  })

  it('may come twice, and never as another key of the same kid', async () => {
    await post('/keys/import', clear())
    expect(JSON.parse((await post('/keys/import', clear())).body)).toMatchObject({ imported: 0, known: 1 })
    const other = await post('/keys/import', clear({ secret: Buffer.alloc(16).toString('base64') }))
    expect([other.status, codeOf(other.body)]).toEqual([409, 'KEY_DIFFERS'])
  })

  it.each<[string, string, number, string]>([
    ['no document', 'x', 400, 'XML_'],
    ['a key that is absent', clear().replace(/<Data>.*<\/Data>/, ''), 422, 'KEYS_IMPORT'],
    ['a key of 8 bytes', clear({ secret: 'AAAAAAAAAAA=' }), 422, 'KEYS_IMPORT'],
    ['an IV of 8 bytes', clear({ of: kid.replace('0001', '0009'), iv: 'AAAAAAAAAAA=' }), 422, 'CPIX_IV'],
    ['no content', clear({ content: '' }), 422, 'KEYS_IMPORT'],
    ['no keys', clear().replace(/<ContentKeyList>.*<\/ContentKeyList>/, ''), 422, 'KEYS_IMPORT'],
  ])('%s is refused', async (_, body, status, code) => {
    const answer = await post('/keys/import', body)
    expect([answer.status, codeOf(answer.body)]).toEqual([status, expect.stringMatching(`^${code}`)])
  })
})

it('nobody moves keys who has not signed, nor by another path', async () => {
  expect(await post('/keys/import', clear(), '')).toMatchObject({ status: 403 })
  expect(await post('/keys/all', '{}')).toMatchObject({ status: 404 })
})

it('no key is printed', () => {
  expect(lines.length).toBeGreaterThan(2)
  expect(lines.join('')).not.toContain(key.toString('base64').replace(/=+$/, ''))
  expect(lines.join('')).not.toContain(key.toString('hex'))
})
