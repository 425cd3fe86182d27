import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Cpix,
  completeCpix,
  METHOD,
  printCpix,
  readCpix,
  signaturesOf,
  writeCpix,
} from '../../../lib/formats/cpix/index.ts'
import { uuidText } from '../../../lib/formats/uuid.ts'
import { corpusFiles, corpusMissing, corpusText } from '../../judges/corpus.ts'
import { audioKid, request, videoKid } from './requests.ts'
import { validateCpix } from './schema.ts'

const empty: Cpix = { deliveries: [], keys: [], systems: [], periods: [], rules: [], history: [] }
const valid = corpusMissing ? () => [] : validateCpix

describe('a document of somebody else', () => {
  it('is written as it was read, to the byte', () => {
    const text =
      '\ufeff<?xml version="1.0"?>\r\n<!-- a --><CPIX  xmlns = "urn:dashif:org:cpix" contentId=\'a&amp;b\'>\n' +
      '<x:y xmlns:x="urn:x"/><ContentKeyList/></CPIX>\n<?z?>'
    expect(writeCpix(readCpix(text))).toBe(text)
    expect(readCpix(text).cpix).toEqual({ ...empty, contentId: 'a&b' })
  })

  it('is completed with nothing but what is given', () => {
    const nothing = { keys: new Map(), systemFor: () => undefined }
    const text = request()
    // the order of two elements is all that is not as the schema has it
    expect(completeCpix(readCpix(text), nothing)).toHaveLength(text.length)
    const inOrder = completeCpix(readCpix(text), nothing)
    expect(completeCpix(readCpix(inOrder), nothing)).toBe(inOrder)
  })

  it('keeps foreign attributes, elements and comments anywhere, in their order', () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/)
    const foreign = fc.oneof(
      word.map((name) => `<x:${name} xmlns:x="urn:x" ${name}="&#10;'"/>`),
      word.map((text) => `<!-- ${text} -->`),
      word.map((text) => `<y xmlns="urn:y"><PSSH>${text}</PSSH><ContentKey kid="${text}"/></y>`),
    )
    const places = [
      '</cpix:ContentKeyList>',
      '</cpix:DRMSystem>',
      '</cpix:ContentKeyUsageRule>',
      '</cpix:CPIX>',
    ]
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...places), foreign), { maxLength: 8 }), (additions) => {
        let text = request()
        for (const [place, markup] of additions) text = text.replace(place, () => `${markup}${place}`)
        const answers = {
          keys: new Map([
            [videoKid, { secret: { plain: new Uint8Array(16) }, kid: audioKid.replace('0', '9') }],
          ]),
          systemFor: () => ({ pssh: 'AAAA' }),
        }
        const completed = completeCpix(readCpix(text), answers)
        for (const [, markup] of additions) expect(completed).toContain(markup)
        for (const place of places) {
          const here = additions.filter(([at]) => at === place).map(([, markup]) => markup)
          expect(completed).toContain(here.join(''))
        }
        expect(readCpix(completed).cpix.keys[0]?.secret?.plain).toHaveLength(16)
      }),
      { numRuns: 200 },
    )
  })

  it('may be signed, and the signatures are found', () => {
    const signature =
      '<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"><s:SignedInfo><s:Reference URI="#keys"/>' +
      '<s:Reference URI=""/></s:SignedInfo><s:SignatureValue>AAAA</s:SignatureValue></s:Signature>'
    const text = request().replace('</cpix:CPIX>', `${signature}</cpix:CPIX>`)
    expect(signaturesOf(readCpix(text))).toMatchObject([{ markup: signature, references: ['keys', ''] }])
    expect(signaturesOf(readCpix(request()))).toEqual([])
  })
})

describe.skipIf(corpusMissing !== undefined)('documents of the corpus', () => {
  const folder = 'standards/cpix-speke'
  const files = corpusFiles(folder, '.xml')
    .filter((file) => corpusText(folder, file).includes('CPIX '))
    .filter((file) => !file.includes('template'))

  it.each(files)('%s is read, and written to the byte', (file) => {
    const text = corpusText(folder, file)
    const document = readCpix(Buffer.from(text))
    expect(writeCpix(document)).toBe(text)
    const answers = { keys: new Map(), systemFor: () => undefined }
    expect(readCpix(completeCpix(document, answers)).cpix).toEqual(document.cpix)
  })

  it.each([
    [
      'ContentKey',
      'ContentKeyList',
      'test_encrypted_content_key_dump_1',
      { keys: [{ secret: { encrypted: { algorithm: METHOD.aes256Cbc } } }] },
    ],
    [
      'ContentKey',
      'ContentKeyList',
      'test_content_key_no_cek_1',
      { keys: [{ kid: '0dc3ec4f-7683-548b-81e7-3c64e582e136' }] },
    ],
    [
      'DeliveryData',
      'DeliveryDataList',
      'test_delivery_data_parse_1',
      {
        deliveries: [
          {
            macMethod: { algorithm: METHOD.hmacSha512, key: { algorithm: METHOD.rsaOaep } },
            documentKeys: [{ algorithm: METHOD.aes256Cbc }],
          },
        ],
      },
    ],
    [
      'DRMSystem',
      'DRMSystemList',
      'test_hls_signaling_data_1',
      { systems: [{ hls: [{ playlist: 'media' }, { playlist: 'master' }] }] },
    ],
    [
      'ContentKeyUsageRule',
      'ContentKeyUsageRuleList',
      'test_simple_usage_rule_1',
      { rules: [{ video: [{}], audio: [{}] }] },
    ],
    [
      'ContentKeyPeriod',
      'ContentKeyPeriodList',
      'test_period_with_index_1',
      { periods: [{ id: 'test', index: 0 }] },
    ],
  ])('%s in %s: %s', (_, list, file, facts) => {
    const fragment = corpusText(folder, 'cpix-docs/pycpix_fragments', `${file}.xml`)
    expect(readCpix(`<CPIX><${list}>${fragment}</${list}></CPIX>`).cpix).toMatchObject(facts)
  })

  it('an answer with elements of nobody is read for what it is', () => {
    const { cpix } = readCpix(corpusText(folder, 'cpix-docs/cpix_2keys_cbcs_test.xml'))
    const plain = cpix.keys.map(({ secret }) => Buffer.from(secret?.plain ?? []).toString())
    expect(plain).toEqual(['123456789abcdef\n', '011223344556677\n'])
    expect(cpix.systems).toHaveLength(4)
  })
})

describe('a document of ours', () => {
  const uuid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(uuidText)
  const text = fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 })
    .map((one) => one.trim() || 'x')
  const base64 = fc
    .uint8Array({ minLength: 1, maxLength: 24 })
    .map((bytes) => Buffer.from(bytes).toString('base64'))
  const whole = fc.nat(2 ** 31 - 1)
  const some = (model: Record<string, fc.Arbitrary<unknown>>) => fc.record(model, { requiredKeys: [] })
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 })
  const encrypted = (algorithm: string) => fc.record({ algorithm: fc.constant(algorithm), cipher: bytes })
  const secret = fc.oneof(
    fc.record({ plain: bytes }),
    fc.record({ encrypted: encrypted(METHOD.aes256Cbc), mac: bytes }),
  )

  /** Documents of a generation; ids are numbered, as they must be unique. */
  function documents(version: '2.3' | '2.4'): fc.Arbitrary<Cpix> {
    const isNew = version === '2.4'
    const when = <T extends object>(condition: boolean, members: T): Partial<T> => (condition ? members : {})
    return fc.record({
      version: fc.constant(version),
      contentId: text,
      deliveries: fc.array(
        fc.record(
          {
            name: text,
            certificates: fc.tuple(bytes).map((one): readonly Uint8Array[] => one),
            documentKeys: fc.tuple(
              fc.record({
                ...when(!isNew, { algorithm: fc.constant(METHOD.aes256Cbc) }),
                ...when(isNew, { encryptsKey: uuid }),
                secret: fc.record({ encrypted: encrypted(METHOD.rsaOaep) }),
              }),
            ),
            macMethod: fc.record({
              algorithm: fc.constant(METHOD.hmacSha512),
              key: encrypted(METHOD.rsaOaep),
            }),
            description: text,
            receivingEntity: text,
          },
          { requiredKeys: ['certificates', 'documentKeys'] },
        ),
        { maxLength: 2 },
      ),
      keys: fc.array(
        fc.record(
          {
            kid: uuid,
            explicitIV: fc.uint8Array({ minLength: 16, maxLength: 16 }),
            dependsOnKey: uuid,
            commonEncryptionScheme: fc.constantFrom('cenc', 'cbcs'),
            secret,
            ...when(isNew, { contentId: text, hdcp: some({ hlsHdcpLevel: text, outputProtection: base64 }) }),
          },
          { requiredKeys: ['kid'] },
        ),
        { maxLength: 3 },
      ),
      systems: fc.array(
        fc.record(
          {
            systemId: uuid,
            kid: uuid,
            name: text,
            pssh: base64,
            contentProtection: base64,
            hls: fc.subarray([
              { playlist: 'media', value: 'AAAA' },
              { playlist: isNew ? 'multiVariant' : 'master', value: '' },
            ]),
            smooth: base64,
            keyFormat: base64,
            ...when(!isNew, { hds: base64, uriExtXKey: base64 }),
            ...when(isNew, { hlsAllowedCpc: text }),
          },
          { requiredKeys: ['systemId', 'kid', 'hls'] },
        ),
        { maxLength: 3 },
      ),
      periods: fc.array(
        some({ index: whole, ...when(isNew, { label: text, startOffset: fc.constant('PT1S') }) }),
        {
          maxLength: 2,
        },
      ),
      rules: fc.array(
        fc.record({
          kid: uuid,
          intendedTrackType: text,
          periodIds: fc.constant([]),
          labels: fc.array(text, { maxLength: 2 }),
          video: fc.array(some({ minPixels: whole, maxPixels: whole, hdr: fc.boolean(), minFps: whole }), {
            maxLength: 2,
          }),
          audio: fc.array(some({ minChannels: whole, maxChannels: whole }), { maxLength: 2 }),
          bitrate: fc.array(some({ minBitrate: whole, maxBitrate: whole }), { maxLength: 1 }),
          unknown: fc.constant([]),
        }),
        { maxLength: 2 },
      ),
      history: fc.array(
        fc.record({
          updateVersion: whole,
          index: text,
          source: text,
          date: fc.constant('2026-01-01T00:00:00Z'),
        }),
        { maxLength: 1 },
      ),
    })
  }

  it.each(['2.3', '2.4'] as const)('comes back from its text, which the schema of %s takes', (version) => {
    fc.assert(
      fc.property(documents(version), (cpix) => {
        const printed = printCpix(cpix)
        expect(readCpix(printed).cpix).toEqual(cpix)
        expect(valid(printed, version)).toEqual([])
        if (version === '2.3') expect(valid(printed.replace('"2.3"', '"2.3.1"'), '2.3.1')).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  const systemOf = { systemId: videoKid, kid: videoKid, hls: [] }
  it.each<[Partial<Cpix>]>([
    [{ version: '3.0' }],
    [{ version: '2.3', keys: [{ kid: videoKid, contentId: 'a' }] }],
    [{ version: '2.3.1', periods: [{ label: 'a' }] }],
    [{ version: '2.4', systems: [{ ...systemOf, uriExtXKey: 'AAAA' }] }],
    [{ version: '2.3', systems: [{ ...systemOf, robustness: 'a' }] }],
    [{ version: '2.3', systems: [{ ...systemOf, hls: [{ value: '', allowedCpc: 'a' }] }] }],
  ])('is not written where its version has no word for it: %j', (cpix) => {
    expect(() => printCpix({ ...empty, ...cpix })).toThrow(expect.objectContaining({ code: 'CPIX_VERSION' }))
  })

  it('calls the first playlist by the name of its version', () => {
    const systems = [{ ...systemOf, hls: [{ playlist: 'master', value: 'AAAA' }] }]
    expect(printCpix({ ...empty, version: '2.4', systems })).toContain('playlist="multiVariant"')
    expect(printCpix({ ...empty, version: '2.3', systems })).toContain('playlist="master"')
  })

  it('has every secret in one form or is not written', () => {
    expect(() => printCpix({ ...empty, keys: [{ kid: videoKid, secret: {} }] })).toThrow(
      expect.objectContaining({ code: 'CPIX_SECRET' }),
    )
  })
})
