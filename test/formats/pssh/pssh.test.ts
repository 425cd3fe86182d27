import { createCipheriv } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { base64Bytes, base64Text } from '../../../lib/formats/base64.ts'
import {
  contentProtectionMarkup,
  describePssh,
  fairPlayHlsKey,
  hlsKeyOf,
  kidsPssh,
  type PsshBox,
  playReadyChecksum,
  playReadyPssh,
  printWrmHeader,
  psshOfText,
  psshText,
  readPlayReady,
  readPssh,
  readWidevine,
  readWrmHeader,
  SYSTEM,
  skdContentId,
  skdKid,
  skdUri,
  systemIdOf,
  systemName,
  type WidevineData,
  type WrmHeader,
  widevinePssh,
  writePlayReady,
  writePssh,
  writeWidevine,
  wrmHeaderOf,
} from '../../../lib/formats/pssh/index.ts'
import { hexBytes, hexText, uuidText } from '../../../lib/formats/uuid.ts'
import { outcomes } from '../outcomes.ts'

const kidA = '01234567-89ab-cdef-0123-456789abcdef'
const kidB = 'fedcba98-7654-3210-fedc-ba9876543210'

/** A common box as W3C's "cenc" Initialization Data Format prints one in its example, with two kids. */
const commonHex =
  '00000044 70737368 01000000 1077efecc0b24d02ace33c1e52e2fb4b 00000002' +
  '43215678123412341234123412341234 43215678123412341234123412341235 00000000'

describe('pssh', () => {
  it('is read in version 1', () => {
    const [box] = psshOfText(commonHex)
    expect(box).toMatchObject({ version: 1, flags: 0, systemId: SYSTEM.common })
    expect(box?.kids).toEqual([
      '43215678-1234-1234-1234-123412341234',
      '43215678-1234-1234-1234-123412341235',
    ])
  })

  it('is written as it was read, several in a row, with data and rest nobody knows', () => {
    const first = kidsPssh('01020304-0506-0708-090a-0b0c0d0e0f10', [kidA, kidB])
    const second: PsshBox = {
      version: 0,
      flags: 5,
      systemId: SYSTEM.widevine,
      kids: [],
      data: hexBytes('ffff', ''),
      rest: hexBytes('0102', ''),
    }
    const bytes = new Uint8Array([...writePssh(first), ...writePssh(second)])
    expect(readPssh(bytes)).toEqual([first, second])
    expect(psshOfText(`\n ${base64Text(bytes)} `)).toEqual([first, second])
    expect(psshOfText(hexText(bytes))).toEqual([first, second])
  })

  it.each([
    ['', 'PSSH_TRUNCATED'],
    ['0000', 'PSSH_TRUNCATED'],
    [`${commonHex} 00`, 'PSSH_TRUNCATED'],
    ['00000008 66726565', 'PSSH_TYPE'],
    ['00000020 70737368 02000000 1077efecc0b24d02ace33c1e52e2fb4b 00000000', 'PSSH_VERSION'],
    ['00000020 70737368 00000000 1077efecc0b24d02ace33c1e52e2fb4b 00000001', 'PSSH_TRUNCATED'],
    ['00000020 70737368 01000000 1077efecc0b24d02ace33c1e52e2fb4b ffffffff', 'PSSH_TRUNCATED'],
    ['00000012 70737368 00000000 1077efecc0b2', 'MP4_BOX_TRUNCATED'],
    ['00000099 70737368 00000000 1077efecc0b2', 'MP4_BOX_TRUNCATED'],
  ])('refuses %j with %s', (hex, code) => {
    expect(() => readPssh(hexBytes(hex.replaceAll(' ', ''), ''))).toThrow(
      expect.objectContaining({ name: 'HeadendError', code }),
    )
  })

  it('refuses what is too long, and kids in version 0', () => {
    expect(() => readPssh(new Uint8Array(2 ** 20 + 1))).toThrow(
      expect.objectContaining({ code: 'PSSH_SIZE' }),
    )
    const box = {
      version: 0,
      flags: 0,
      systemId: SYSTEM.common,
      kids: [kidA],
      data: new Uint8Array(),
    } as const
    expect(() => writePssh(box)).toThrow(expect.objectContaining({ code: 'PSSH_VERSION' }))
    expect(() => psshOfText('<pssh>')).toThrow(expect.objectContaining({ code: 'BASE64_TEXT' }))
  })

  it('comes back from its bytes', () => {
    const uuid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(uuidText)
    const bytes = fc.uint8Array({ maxLength: 40 })
    const box = fc
      .record({
        systemId: uuid,
        kids: fc.array(uuid, { maxLength: 4 }),
        data: bytes,
        flags: fc.nat(0xffffff),
      })
      .map((one) => ({ ...one, version: one.kids.length > 0 ? 1 : 0 }) as const)
    fc.assert(
      fc.property(fc.array(box, { minLength: 1, maxLength: 3 }), (boxes) => {
        const all = boxes.flatMap((one) => [...writePssh(one)])
        expect(readPssh(new Uint8Array(all))).toEqual(boxes)
      }),
    )
  })

  it('knows systems by name and by id', () => {
    expect(systemName('EDEF8BA9-79D6-4ACE-A3C8-27DCD51D21ED')).toBe('widevine')
    expect(systemIdOf('nagra')).toBe('adb41c24-2dbf-4a6d-958b-4457c0d27b95')
    expect(systemIdOf(SYSTEM.clearkey)).toBe(SYSTEM.clearkey)
    expect([systemName(kidA), systemIdOf('nobody')]).toEqual([undefined, undefined])
  })
})

describe('Widevine data', () => {
  const whole: WidevineData = {
    algorithm: 1,
    keyIds: [kidA.replaceAll('-', ''), '0102'],
    provider: 'prövider',
    contentId: hexBytes('00ff', ''),
    trackType: 'HD',
    policy: '',
    cryptoPeriodIndex: 2 ** 32 - 1,
    groupedLicense: hexBytes('05', ''),
    protectionScheme: 'cbcs',
    cryptoPeriodSeconds: 300,
    type: 2,
    keySequence: 7,
    groupIds: [hexBytes('0a', '')],
    entitledKeys: [
      {
        entitlementKeyId: '0a0b',
        keyId: kidB.replaceAll('-', ''),
        key: hexBytes('01', ''),
        iv: hexBytes('02', ''),
        entitlementKeyBytes: 32,
        unknown: [hexBytes('3201ff', '')],
      },
    ],
    unknown: [hexBytes('7a0161', ''), hexBytes('850101020304', '')],
  }

  it('keeps every field, known and unknown', () => {
    expect(readWidevine(writeWidevine(whole))).toEqual(whole)
  })

  it('is written field by field in the order of their numbers', () => {
    // 2: kid, 3: provider, 4: content id, 9: 'cenc' as a varint of 32 bits
    const data = { keyIds: [kidA], provider: 'p', contentId: hexBytes('63', ''), protectionScheme: 'cenc' }
    expect(hexText(writeWidevine(data))).toBe('12100123456789abcdef0123456789abcdef1a017022016348e3dc959b06')
  })

  it('leaves a scheme that spells nothing a number', () => {
    const zero = { keyIds: [], protectionScheme: 0 }
    expect(readWidevine(writeWidevine(zero))).toEqual(zero)
    expect(() => writeWidevine({ keyIds: [], protectionScheme: 'aes' })).toThrow(HeadendError)
  })

  it.each(['08', '0801100112', '12ff01', '0a0101', '1a02ff', '00', '0b', '1a01ff', 'ffffffffffffffffffff01'])(
    'refuses %s',
    (hex) => {
      expect(() => readWidevine(hexBytes(hex, ''))).toThrow(
        expect.objectContaining({ name: 'HeadendError', code: 'WIDEVINE_DATA' }),
      )
    },
  )
})

describe('PlayReady', () => {
  const custom = '<A xmlns="urn:x">&amp;<B c="d"></B></A>'
  const headers: readonly WrmHeader[] = [
    {
      version: '4.0.0.0',
      kids: [{ kid: kidA, algId: 'AESCTR', checksum: 'AAAAAAAAAAA=' }],
      laUrl: 'https://a.example/?a=1&b=2',
      luiUrl: 'https://b.example',
      dsId: 'VlR7IdsIJEuRd06Laqs2jw==',
      customAttributes: custom,
    },
    { version: '4.1.0.0', kids: [{ kid: kidA, algId: 'AESCTR' }], decryptorSetup: 'ONDEMAND' },
    {
      version: '4.2.0.0',
      kids: [{ kid: kidA, algId: 'AESCTR', checksum: 'AAAAAAAAAAA=' }, { kid: kidB }],
      licenseRequested: true,
      unknown: '<NEW>1</NEW>',
    },
    {
      version: '4.3.0.0',
      kids: [
        { kid: kidA, algId: 'AESCBC' },
        { kid: kidB, algId: 'AESCTR' },
      ],
    },
    { version: '4.3.0.0', kids: [] },
  ]

  it.each(headers)('header comes back: %j', (header) => {
    expect(readWrmHeader(printWrmHeader(header))).toEqual(header)
    const [record] = readPlayReady(writePlayReady(header)).records
    expect(record).toMatchObject({ type: 1, header, text: printWrmHeader(header) })
  })

  it('writes the kid with its first three fields little-endian, attributes in the order of the alphabet', () => {
    expect(printWrmHeader({ version: '4.3.0.0', kids: [{ kid: kidA, algId: 'AESCBC' }] })).toBe(
      '<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="4.3.0.0"><DATA>' +
        '<PROTECTINFO><KIDS><KID ALGID="AESCBC" VALUE="Z0UjAauJ780BI0VniavN7w=="></KID></KIDS></PROTECTINFO>' +
        '</DATA></WRMHEADER>',
    )
  })

  it('carries an embedded licence store behind the header', () => {
    const licences = hexBytes('010203', '')
    const object = writePlayReady({ version: '4.3.0.0', kids: [] }, licences)
    expect(readPlayReady(object).records.map(({ type }) => type)).toEqual([1, 3])
    expect(readPlayReady(object).records[1]?.value).toEqual(licences)
  })

  it.each<[Partial<WrmHeader>]>([
    [{ version: '4.4.0.0' }],
    [{ version: '4.0.0.0', kids: [{ kid: kidA }, { kid: kidB }] }],
    [{ version: '4.0.0.0', decryptorSetup: 'ONDEMAND' }],
    [{ version: '4.1.0.0', licenseRequested: true }],
    [{ version: '4.2.0.0', kids: [{ kid: kidA, algId: 'AESCBC' }] }],
    [{ version: '4.3.0.0', kids: [{ kid: kidA, algId: 'AESCBC', checksum: 'x' }] }],
    [{ version: '4.3.0.0', kids: [{ kid: kidA, algId: '"' }] }],
  ])('refuses to write %j', (header) => {
    expect(() => printWrmHeader({ version: '4.3.0.0', kids: [], ...header })).toThrow(
      expect.objectContaining({ code: 'PLAYREADY_HEADER' }),
    )
  })

  it('refuses an object over 15 KB, and broken ones', () => {
    const header: WrmHeader = { version: '4.3.0.0', kids: [], laUrl: 'x'.repeat(8000) }
    expect(() => writePlayReady(header)).toThrow(expect.objectContaining({ code: 'PLAYREADY_SIZE' }))
    for (const hex of [
      '',
      '0600',
      '070000000000',
      '060000000100',
      '0c000000010001000300ffff',
      '08000000000000ff',
    ])
      expect(() => readPlayReady(hexBytes(hex, '')), hex).toThrow(
        expect.objectContaining({ code: 'PLAYREADY_OBJECT' }),
      )
    const text = new Uint8Array([0x0c, 0, 0, 0, 1, 0, 1, 0, 2, 0, 0x41, 0])
    expect(() => readPlayReady(text)).toThrow(expect.objectContaining({ code: 'XML_ROOT' }))
  })

  it('gives cenc keys a 4.2 header with checksums, cbcs keys a 4.3 one without', () => {
    const checksums = new Map([[kidA, 'sum']])
    expect(wrmHeaderOf([kidA], 'cenc', { checksums })).toEqual({
      version: '4.2.0.0',
      kids: [{ kid: kidA, algId: 'AESCTR', checksum: 'sum' }],
    })
    expect(wrmHeaderOf([kidA], 'cbcs', { checksums, laUrl: 'u' })).toEqual({
      version: '4.3.0.0',
      kids: [{ kid: kidA, algId: 'AESCBC' }],
      laUrl: 'u',
    })
  })

  it('computes the checksum of the published test vector', () => {
    // Microsoft's test key seed: kid and content key of the PlayReady test server's examples
    const key = hexBytes('DBFD6922C321C4BB486F4A1C44097ED6', '')
    const encipher = (block: Uint8Array) =>
      createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block)
    expect(playReadyChecksum('8ba94ade-6eb9-449d-b44f-a5beefaf43b0', encipher)).toBe('Me48z71nuqY=')
  })
})

describe('signalling', () => {
  const box = widevinePssh({ kids: [kidA], provider: 'p' })
  const playReady = playReadyPssh({ header: wrmHeaderOf([kidA], 'cbcs') })

  it('puts the pssh, and the PlayReady object beside it, into ContentProtection', () => {
    expect(contentProtectionMarkup(box)).toBe(
      `<cenc:pssh xmlns:cenc="urn:mpeg:cenc:2013">${psshText(box)}</cenc:pssh>`,
    )
    expect(contentProtectionMarkup(playReady)).toBe(
      `<cenc:pssh xmlns:cenc="urn:mpeg:cenc:2013">${psshText(playReady)}</cenc:pssh>` +
        `<mspr:pro xmlns:mspr="urn:microsoft:playready">${base64Text(playReady.data)}</mspr:pro>`,
    )
  })

  it('gives each system its HLS key', () => {
    expect(hlsKeyOf(box, 'cenc')).toEqual({
      method: 'SAMPLE-AES-CTR',
      uri: `data:text/plain;base64,${psshText(box)}`,
      keyFormat: 'urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed',
      keyFormatVersions: '1',
    })
    expect(hlsKeyOf(playReady, 'cbcs')).toMatchObject({
      method: 'SAMPLE-AES',
      uri: `data:text/plain;charset=UTF-16;base64,${base64Text(playReady.data)}`,
      keyFormat: 'com.microsoft.playready',
    })
    expect(hlsKeyOf(kidsPssh(SYSTEM.common, [kidA]), 'cenc')).toBeUndefined()
    expect(fairPlayHlsKey('skd://a', hexBytes('0a'.repeat(16), ''))).toEqual({
      method: 'SAMPLE-AES',
      uri: 'skd://a',
      iv: '0a'.repeat(16),
      keyFormat: 'com.apple.streamingkeydelivery',
      keyFormatVersions: '1',
    })
  })

  it('finds content id and kid in a skd URI and in init data', () => {
    const uri = skdUri('a b/c', kidA.toUpperCase())
    expect(uri).toBe(`skd://a%20b/c?kid=${kidA}`)
    expect(skdKid(uri)).toBe(kidA)
    expect(skdKid(`skd://${kidA.replaceAll('-', '')}`)).toBe(kidA)
    expect(skdKid('skd://1234')).toBeUndefined()
    const wide = Uint8Array.from('\x14skd://1234', (c) => c.charCodeAt(0))
    expect(skdContentId(wide)).toBe('1234')
    expect(skdContentId(Uint8Array.from([...wide].flatMap((byte) => [byte, 0])))).toBe('1234')
    expect(() => skdContentId('https://a')).toThrow(expect.objectContaining({ code: 'FAIRPLAY_URI' }))
  })
})

describe('mutated bytes', () => {
  const seeds = [
    hexBytes(commonHex.replaceAll(' ', ''), ''),
    writePssh(widevinePssh({ kids: [kidA, kidB], provider: 'p', protectionScheme: 'cbcs', version: 1 })),
    writePssh(playReadyPssh({ header: { ...wrmHeaderOf([kidA], 'cenc'), laUrl: 'https://a.example' } })),
    writePssh({ ...kidsPssh(SYSTEM.common, [kidA]), rest: hexBytes('0102', '') }),
  ]

  it('end, with a HeadendError if at all', () => {
    const change = fc.record({ at: fc.nat(700), byte: fc.nat(255), cut: fc.nat(700) })
    const seen = outcomes()
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(change, { maxLength: 6 }), (seed, changes) => {
        let bytes = seed.slice()
        for (const { at, byte, cut } of changes) {
          bytes[at % bytes.length] = byte
          if (byte === 0 && cut > 0) bytes = bytes.slice(0, Math.max(1, cut % bytes.length))
        }
        const copy = bytes.slice()
        seen.count(() => {
          const boxes = readPssh(bytes)
          // What was read is what is written, whatever it says; 0 in front of a box means "to the end".
          const written = new Uint8Array(boxes.flatMap((box) => [...writePssh(box)]))
          const read = bytes.slice()
          if (hexText(read.subarray(0, 4)) === '00000000') read.set(written.subarray(0, 4))
          expect(hexText(written)).toBe(hexText(read))
          for (const box of boxes) expect(describePssh(box)).toMatchObject({ systemId: box.systemId })
        })
        expect(bytes).toEqual(copy)
      }),
      { numRuns: 2000, seed: 9 },
    )
    seen.expectBoth(100)
  })

  it('are told of, not thrown at, where only the data of a system is broken', () => {
    const broken = { ...kidsPssh(SYSTEM.widevine, []), data: hexBytes('ff', '') }
    expect(describePssh(broken)).toMatchObject({
      widevine: null,
      problem: expect.stringMatching(/^WIDEVINE_DATA/),
    })
    expect(base64Bytes(' AQ I=\n', '')).toEqual(hexBytes('0102', ''))
  })
})
