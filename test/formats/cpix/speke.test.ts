import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../../lib/errors.ts'
import {
  readCpix,
  readSpekeRequest,
  spekeVersionOf,
  unsupportedSpekeVersion,
} from '../../../lib/formats/cpix/index.ts'
import { psshOfText, readPlayReady, readWidevine, SYSTEM } from '../../../lib/formats/pssh/index.ts'
import { corpusMissing } from '../../judges/corpus.ts'
import { treeOf, walk } from '../../judges/xml-tree.ts'
import {
  answered,
  asksForAll,
  audioKid,
  key,
  problemsOf,
  request,
  rule,
  system,
  videoKid,
} from './requests.ts'
import { validateCpix } from './schema.ts'

const decoded = (text: string): string => Buffer.from(text, 'base64').toString()
const valid = corpusMissing ? () => [] : validateCpix

/** Texts of the elements of a name, in their order. */
function texts(xml: string, name: string): string[] {
  return [...walk(treeOf(xml) ?? expect.fail('not well-formed'))]
    .filter((node) => node.name === name)
    .map(({ text }) => text)
}

describe('versions of SPEKE', () => {
  it.each([
    ['1.0', undefined, '1.0'],
    ['1.0', '1.0', '1.0'],
    ['1.0', '2.0', undefined],
    ['2.0', '2.0', '2.0'],
    ['2.0', ' 2.1 ', '2.1'],
    ['2.0', '3.0', undefined],
    ['2.0', undefined, undefined],
  ] as const)('path %s with header %s is %s', (path, header, version) => {
    expect(spekeVersionOf(path, header)).toBe(version)
  })

  it('has a text for others', () => {
    expect(unsupportedSpekeVersion).toEqual({
      code: 'SPEKE_VERSION',
      message: 'Unsupported SPEKE version',
      status: 422,
    })
  })
})

describe('a request of SPEKE 2.0', () => {
  it('is taken apart', () => {
    const text = request({
      keys: key(
        videoKid.toUpperCase(),
        'commonEncryptionScheme="cbcs" explicitIV="OFj2IjCsPJFfMAxmQxLGPw=="',
      ),
      systems: system(videoKid, SYSTEM.fairplay),
      periods: '<cpix:ContentKeyPeriod id="p" index="4294967297"/>',
      rules: rule(
        videoKid,
        'SD+HD1',
        '<cpix:KeyPeriodFilter periodId="p"/><cpix:VideoFilter maxPixels="921600"/>',
      ),
    })
    const { request: asked } = readSpekeRequest(readCpix(text).cpix, '2.0')
    expect(asked).toMatchObject({
      version: '2.0',
      contentId: 'movie',
      scheme: 'cbcs',
      keys: [
        {
          kid: videoKid,
          intendedTrackType: 'SD+HD1',
          period: { id: 'p', index: 4294967297 },
          rules: [{ video: [{ maxPixels: 921600 }] }],
        },
      ],
      systems: [
        { systemId: SYSTEM.fairplay, hls: [{ playlist: 'master', value: '' }, { playlist: 'media' }] },
      ],
      recipients: [],
    })
    expect(asked?.keys[0]?.explicitIV).toHaveLength(16)
  })

  it.each([
    [
      'one key for all',
      {
        keys: key(videoKid),
        systems: system(videoKid),
        rules: rule(videoKid, 'ALL', '<cpix:VideoFilter/><cpix:AudioFilter/>'),
      },
    ],
    ['2.3.1', { root: 'contentId="m" version="2.3.1"' }],
    [
      'the same track types in another period',
      {
        keys: key(videoKid) + key(audioKid),
        periods: '<cpix:ContentKeyPeriod id="a" index="1"/><cpix:ContentKeyPeriod id="b" index="2"/>',
        rules:
          rule(videoKid, 'VIDEO', '<cpix:KeyPeriodFilter periodId="a"/><cpix:VideoFilter/>') +
          rule(audioKid, 'VIDEO', '<cpix:KeyPeriodFilter periodId="b"/><cpix:VideoFilter/>'),
      },
    ],
  ])('is good: %s', (_, parts) => {
    expect(problemsOf(request(parts))).toEqual([])
  })

  const noScheme = `Missing ContentKey@commonEncryptionScheme for KID ${videoKid}`
  const combination = 'Non compliant ContentKey@commonEncryptionScheme combination'
  const codes: readonly (readonly [RegExp, ErrorCode])[] = [
    [/CPIX@contentId/, 'SPEKE_CONTENT_ID'],
    [/CPIX@version/, 'SPEKE_CPIX_VERSION'],
    [/commonEncryptionScheme/, 'SPEKE_SCHEME'],
    [/List$/, 'SPEKE_LIST'],
    [/ContentKeyPeriod/, 'SPEKE_PERIOD'],
    [/Duplicate DRMSystem/, 'SPEKE_SYSTEM'],
    [/playlist/, 'SPEKE_PLAYLIST'],
    [/X509Certificate/, 'SPEKE_RECIPIENT'],
    [/^Missing ContentKey for|ContentKey@kid/, 'SPEKE_KID'],
    [/ContentKeyUsageRule|filter/i, 'SPEKE_CONTRACT'],
  ]
  const bothFilters = '<cpix:VideoFilter/><cpix:AudioFilter/>'
  it.each([
    ['contentId', { root: 'version="2.3"' }, 'Missing CPIX@contentId'],
    ['contentId is empty', { root: 'contentId="" version="2.3"' }, 'Missing CPIX@contentId'],
    ['version', { root: 'contentId="m"' }, 'Missing CPIX@version'],
    ['version 4.0', { root: 'contentId="m" version="4.0"' }, 'Unsupported CPIX@version'],
    ['version of SPEKE 2.1', { root: 'contentId="m" version="2.4"' }, 'Unsupported CPIX@version'],
    ['scheme', { keys: key(videoKid, '') + key(audioKid) }, noScheme],
    [
      'strange scheme',
      { keys: key(videoKid, 'commonEncryptionScheme="rot13"') + key(audioKid) },
      `Unsupported ContentKey@commonEncryptionScheme for KID ${videoKid}`,
    ],
    ['two schemes', { keys: key(videoKid) + key(audioKid, 'commonEncryptionScheme="cbcs"') }, combination],
    ['FairPlay with cenc', { systems: system(videoKid, SYSTEM.fairplay) + system(audioKid) }, combination],
    ['ContentKeyList', { keys: '' }, 'Missing ContentKey in ContentKeyList'],
    ['ContentKey', { keys: '<!-- none -->' }, 'Missing ContentKey in ContentKeyList'],
    ['DRMSystemList', { systems: '' }, 'Missing DRMSystem in DRMSystemList'],
    ['DRMSystem', { systems: ' ' }, 'Missing DRMSystem in DRMSystemList'],
    ['ContentKeyUsageRuleList', { rules: '' }, 'Missing ContentKeyUsageRule in ContentKeyUsageRuleList'],
    ['ContentKeyUsageRule', { rules: ' ' }, 'Missing ContentKeyUsageRule in ContentKeyUsageRuleList'],
    [
      'a rule for a key',
      { rules: rule(videoKid, 'VIDEO', '<cpix:VideoFilter/>') },
      `Missing ContentKeyUsageRule for KID ${audioKid}`,
    ],
    [
      'filters',
      { rules: rule(videoKid, 'VIDEO', '') + rule(audioKid, 'AUDIO', '<cpix:AudioFilter/>') },
      `Missing VideoFilter or AudioFilter for KID ${videoKid}`,
    ],
    [
      'intendedTrackType',
      {
        rules: `<cpix:ContentKeyUsageRule kid="${videoKid}"><cpix:VideoFilter/></cpix:ContentKeyUsageRule>${rule(audioKid, 'AUDIO', '<cpix:AudioFilter/>')}`,
      },
      `Missing ContentKeyUsageRule@intendedTrackType for KID ${videoKid}`,
    ],
    [
      'ALL beside another',
      { rules: rule(videoKid, 'ALL', bothFilters) + rule(audioKid, 'AUDIO', '<cpix:AudioFilter/>') },
      'Non compliant ContentKeyUsageRule@intendedTrackType combination',
    ],
    [
      'ALL twice',
      { rules: rule(videoKid, 'ALL', bothFilters) + rule(audioKid, 'ALL', bothFilters) },
      'Non compliant ContentKeyUsageRule@intendedTrackType combination',
    ],
    [
      'ALL with a limit',
      {
        keys: key(videoKid),
        systems: system(videoKid),
        rules: rule(videoKid, 'ALL', '<cpix:VideoFilter maxPixels="1"/><cpix:AudioFilter/>'),
      },
      `Non compliant filters of intendedTrackType ALL for KID ${videoKid}`,
    ],
    [
      'one track type twice',
      {
        rules:
          rule(videoKid, 'VIDEO', '<cpix:VideoFilter/>') + rule(audioKid, 'VIDEO', '<cpix:VideoFilter/>'),
      },
      'Duplicate ContentKeyUsageRule@intendedTrackType',
    ],
    [
      'a strange filter',
      {
        rules:
          rule(videoKid, 'VIDEO', '<cpix:VideoFilter/><cpix:MoodFilter/>') +
          rule(audioKid, 'AUDIO', '<cpix:AudioFilter/>'),
      },
      `Unsupported filter for KID ${videoKid}`,
    ],
    [
      'a lost period',
      {
        rules:
          rule(videoKid, 'VIDEO', '<cpix:KeyPeriodFilter periodId="p"/><cpix:VideoFilter/>') +
          rule(audioKid, 'AUDIO', '<cpix:AudioFilter/>'),
      },
      `Missing ContentKeyPeriod p for KID ${videoKid}`,
    ],
    [
      'a period without index',
      { periods: '<cpix:ContentKeyPeriod id="p"/>' },
      'Missing ContentKeyPeriod@index for p',
    ],
    [
      'a period twice',
      { periods: '<cpix:ContentKeyPeriod id="p" index="1"/>'.repeat(2) },
      'Duplicate ContentKeyPeriod@id',
    ],
    [
      'a kid twice',
      { keys: key(videoKid).repeat(2) + key(audioKid) },
      `Duplicate ContentKey@kid ${videoKid}`,
    ],
    [
      'a system twice',
      { systems: system(videoKid).repeat(2) },
      `Duplicate DRMSystem ${SYSTEM.widevine} for KID ${videoKid}`,
    ],
    [
      'a system for no key',
      { keys: key(videoKid), rules: rule(videoKid, 'VIDEO', '<cpix:VideoFilter/>') },
      `Missing ContentKey for DRMSystem@kid ${audioKid}`,
    ],
    [
      'a rule for no key',
      { keys: key(videoKid), systems: system(videoKid) },
      `Missing ContentKey for ContentKeyUsageRule@kid ${audioKid}`,
    ],
    [
      'a strange playlist',
      { systems: system(videoKid, SYSTEM.widevine, '<cpix:HLSSignalingData playlist="side"/>') },
      `Unsupported HLSSignalingData@playlist for KID ${videoKid}`,
    ],
    [
      'a recipient without certificate',
      { delivery: '<cpix:DeliveryData id="r"><cpix:DeliveryKey/></cpix:DeliveryData>' },
      'Missing X509Certificate for DeliveryData r',
    ],
  ])('is refused: %s', (_, parts, message) => {
    expect(problemsOf(request(parts))).toEqual([message])
    const { problems = [] } = readSpekeRequest(readCpix(request(parts)).cpix, '2.0')
    const code = codes.find(([shape]) => shape.test(message))?.[1]
    expect(problems.map((one) => [one.code, one.status])).toEqual([[code, 422]])
  })

  it.each([
    [request().replace(` kid="${videoKid}"`, ''), 'CPIX_ATTRIBUTE', 'Missing ContentKey@kid'],
    [
      request({ systems: `<cpix:DRMSystem kid="${videoKid}"/>` }),
      'CPIX_ATTRIBUTE',
      'Missing DRMSystem@systemId',
    ],
    [
      request({ systems: `<cpix:DRMSystem systemId="${SYSTEM.widevine}"/>` }),
      'CPIX_ATTRIBUTE',
      'Missing DRMSystem@kid',
    ],
    [
      request({ rules: '<cpix:ContentKeyUsageRule intendedTrackType="ALL"/>' }),
      'CPIX_ATTRIBUTE',
      'Missing ContentKeyUsageRule@kid',
    ],
    [request({ keys: key('1234') }), 'CPIX_UUID', 'ContentKey@kid: expected a UUID, got "1234"'],
    [
      request({ rules: rule(videoKid, 'VIDEO', '<cpix:VideoFilter hdr="perhaps"/>') }),
      'CPIX_BOOLEAN',
      'VideoFilter@hdr: expected true or false, got "perhaps"',
    ],
  ])('is no CPIX at all: %#', (text, code, message) => {
    expect(() => readCpix(text)).toThrow(
      expect.objectContaining({ name: 'HeadendError', code, status: 422, message }),
    )
  })

  it('tells everything that is wrong at once', () => {
    expect(problemsOf(request({ root: '', keys: key(videoKid, '') + key(audioKid, '') }))).toEqual([
      'Missing CPIX@contentId',
      'Missing CPIX@version',
      noScheme,
      `Missing ContentKey@commonEncryptionScheme for KID ${audioKid}`,
    ])
  })
})

describe('an answer of SPEKE 2.0', () => {
  it('is the request with what it asks for, in the order of the schema', () => {
    const xml = answered(request())
    expect(valid(xml, '2.3')).toEqual([])
    expect(texts(xml, 'PlainValue')).toEqual(Array(2).fill(Buffer.alloc(16, 7).toString('base64')))
    const [pssh = ''] = texts(xml, 'PSSH')
    const [box] = psshOfText(pssh)
    expect(readWidevine(box?.data ?? expect.fail())).toEqual({
      keyIds: [videoKid.replaceAll('-', '')],
      protectionScheme: 'cenc',
    })
    expect(decoded(texts(xml, 'ContentProtectionData')[0] ?? '')).toBe(
      `<cenc:pssh xmlns:cenc="urn:mpeg:cenc:2013">${pssh}</cenc:pssh>`,
    )
    const line = `METHOD=SAMPLE-AES-CTR,URI="data:text/plain;base64,${pssh}",KEYFORMAT="urn:uuid:${SYSTEM.widevine}",KEYFORMATVERSIONS="1"`
    expect(texts(xml, 'HLSSignalingData').slice(0, 2).map(decoded)).toEqual([
      `#EXT-X-SESSION-KEY:${line}`,
      `#EXT-X-KEY:${line}`,
    ])
  })

  it('is the same for the same request', () => {
    expect(answered(request())).toBe(answered(request()))
  })

  it('says the same of PlayReady in PSSH, ContentProtection, HLS and Smooth Streaming', () => {
    const xml = answered(
      request({
        systems: system(
          videoKid,
          SYSTEM.playready,
          `${asksForAll}<cpix:SmoothStreamingProtectionHeaderData/>`,
        ),
      }),
    )
    expect(valid(xml, '2.3')).toEqual([])
    const [object = ''] = texts(xml, 'SmoothStreamingProtectionHeaderData')
    expect(readPlayReady(Buffer.from(object, 'base64')).records[0]?.header).toEqual({
      version: '4.2.0.0',
      kids: [{ kid: videoKid, algId: 'AESCTR' }],
    })
    expect(decoded(texts(xml, 'ContentProtectionData')[0] ?? '')).toContain(`>${object}</mspr:pro>`)
    expect(decoded(texts(xml, 'HLSSignalingData')[1] ?? '')).toContain(`charset=UTF-16;base64,${object}"`)
    expect(decoded(texts(xml, 'PSSH')[0] ?? '')).toContain(decoded(object))
  })

  it('takes out what FairPlay has not, and leaves to a stranger what only he knows', () => {
    const stranger = '80a6be7e-1448-4c37-9e70-d5aebe04c8d2'
    const xml = answered(
      request({
        keys: key(videoKid, 'commonEncryptionScheme="cbcs"'),
        rules: rule(videoKid, 'VIDEO', '<cpix:VideoFilter/>'),
        systems: system(videoKid, SYSTEM.fairplay) + system(videoKid, stranger),
      }),
    )
    expect(valid(xml, '2.3')).toEqual([])
    expect(texts(xml, 'PSSH')).toHaveLength(1)
    expect(psshOfText(texts(xml, 'PSSH')[0] ?? '')[0]).toMatchObject({ systemId: stranger, kids: [videoKid] })
    expect(texts(xml, 'HLSSignalingData').map(decoded)).toEqual([
      `#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="skd://${videoKid}",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"`,
      `#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://${videoKid}",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"`,
      '',
      '',
    ])
  })

  it('gives Clear Key its licence URL and the common pssh', () => {
    const signaling = { clearKeyLicenceUrl: 'https://l.example/?a=1&b=2' }
    const xml = answered(request({ systems: system(videoKid, SYSTEM.clearkey) }), '2.0', { signaling })
    const [protection = ''] = texts(xml, 'ContentProtectionData').map(decoded)
    expect(protection).toContain('>https://l.example/?a=1&amp;b=2</dashif:Laurl>')
    expect(psshOfText(texts(xml, 'PSSH')[0] ?? '')[0]).toMatchObject({
      systemId: SYSTEM.common,
      kids: [videoKid],
    })
  })

  it('may have another kid, everywhere', () => {
    const other = '22222222-2222-2222-2222-222222222222'
    const one = {
      keys: key(videoKid),
      systems: system(videoKid),
      rules: rule(videoKid, 'VIDEO', '<cpix:VideoFilter/>'),
    }
    const xml = answered(request(one), '2.0', { kid: other, explicitIV: new Uint8Array(16) })
    expect(xml).not.toContain(videoKid)
    expect(readCpix(xml).cpix).toMatchObject({
      keys: [{ kid: other, explicitIV: new Uint8Array(16) }],
      systems: [{ kid: other }],
      rules: [{ kid: other }],
    })
    expect(readWidevine(psshOfText(texts(xml, 'PSSH')[0] ?? '')[0]?.data ?? expect.fail()).keyIds).toEqual([
      other.replaceAll('-', ''),
    ])
  })

  it('keeps everything it does not know where it stood', () => {
    const strange =
      '<x:a xmlns:x="urn:x" b=\'1\'>&lt;<![CDATA[<]]><x:PSSH/></x:a><!-- said --><?php x?><cpix:PSSHData>AA==</cpix:PSSHData>'
    const text = request({
      root: `contentId="m" version="2.3" xmlns:y="urn:y" y:z="1"`,
      systems: system(videoKid, SYSTEM.widevine, `<cpix:PSSH/>${strange}`),
    })
    const xml = answered(text)
    expect(xml).toContain(strange)
    expect(xml).toContain('xmlns:y="urn:y" y:z="1"')
  })

  it('knows its elements by namespace and local name, whatever the prefixes', () => {
    const forms = [
      request().replaceAll('cpix:', '').replace('xmlns:cpix', 'xmlns').replace('xmlns:cpix', 'xmlns'),
      request()
        .replaceAll('cpix:', 'c:')
        .replace('xmlns:cpix', 'xmlns:c')
        .replaceAll('xmlns:pskc', 'xmlns:pksc'),
      request()
        .replaceAll('cpix:', '')
        .replace(/xmlns:?[a-z]*="[^"]*"/g, ''),
      `\ufeff<?xml version="1.0" encoding="UTF-8"?>\n${request()}`,
    ]
    for (const form of forms) {
      const xml = answered(form)
      expect(xml.match(/<pskc:PlainValue>/g)).toHaveLength(2)
      expect(texts(xml, 'PSSH').every((text) => text !== '')).toBe(true)
      if (form.includes('urn:dashif')) expect(valid(xml, '2.3')).toEqual([])
    }
    const foreign = request().replaceAll('urn:dashif:org:cpix', 'urn:stranger')
    expect(() => readCpix(foreign)).toThrow(expect.objectContaining({ code: 'CPIX_ROOT' }))
  })

  it('puts elements in any order into the order of the schema', () => {
    const xml = request()
    const keys = xml.slice(xml.indexOf('<cpix:ContentKeyList'), xml.indexOf('<cpix:DRMSystemList'))
    expect(
      valid(answered(xml.replace(keys, '').replace('</cpix:CPIX>', `${keys}</cpix:CPIX>`)), '2.3'),
    ).toEqual([])
  })
})

describe('SPEKE 2.1', () => {
  const root = 'contentId="m" version="2.4"'
  const parts = {
    root,
    keys: key(videoKid, 'commonEncryptionScheme="cbcs"') + key(audioKid, 'commonEncryptionScheme="cbcs"'),
    periods:
      '<cpix:ContentKeyPeriod id="p" index="1" start="2026-01-01T00:00:00Z" end="2026-01-01T01:00:00Z"/>',
    systems: system(videoKid, SYSTEM.widevine, asksForAll.replace('master', 'multiVariant')),
  }

  it('asks by CPIX 2.4 and is told of output protection and robustness', () => {
    const robustness = new Map([[SYSTEM.widevine as string, { dash: 'HW_SECURE_ALL', hlsAllowedCpc: 'x' }]])
    const xml = answered(request(parts), '2.1', { hdcp: { hlsHdcpLevel: 'TYPE-1' }, robustness })
    expect(valid(xml, '2.4')).toEqual([])
    expect(readCpix(xml).cpix).toMatchObject({
      version: '2.4',
      keys: [{ hdcp: { hlsHdcpLevel: 'TYPE-1' } }, {}],
      systems: [{ robustness: 'HW_SECURE_ALL', hlsAllowedCpc: 'x' }],
      periods: [{ start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z' }],
    })
  })

  it('answers the playlist that was asked for, by either name', () => {
    for (const name of ['master', 'multiVariant']) {
      const systems = system(videoKid, SYSTEM.widevine, asksForAll.replace('master', name))
      const { systems: told } = readCpix(answered(request({ ...parts, systems }), '2.1')).cpix
      expect(told[0]?.hls.map(({ playlist }) => playlist)).toEqual([name, 'media'])
      expect(decoded(told[0]?.hls[0]?.value ?? '')).toMatch(/^#EXT-X-SESSION-KEY/)
    }
  })

  it('knows schemes by the names of HLS, and only its own version of CPIX', () => {
    const hls = key(videoKid, 'commonEncryptionScheme="SAMPLE-AES"')
    const one = {
      root,
      keys: hls,
      systems: system(videoKid, SYSTEM.fairplay),
      rules: rule(videoKid, 'VIDEO', '<cpix:VideoFilter/>'),
    }
    expect(problemsOf(request(one), '2.1')).toEqual([])
    expect(problemsOf(request(), '2.1')).toEqual(['Unsupported CPIX@version'])
    // what came with 2.1 is not said to those who ask by 2.0
    expect(answered(request(), '2.0', { hdcp: { hlsHdcpLevel: 'NONE' } })).not.toContain('HDCPData')
  })
})

describe('SPEKE 1.0', () => {
  const asks =
    '<speke:ProtectionHeader/><speke:KeyFormat/><speke:KeyFormatVersions/><cpix:URIExtXKey/><cpix:PSSH/><cpix:ContentProtectionData/>'
  const text = request({
    root: 'id="abc" xmlns:speke="urn:aws:amazon:com:speke"',
    keys: `<cpix:ContentKey kid="${videoKid}" explicitIV="OFj2IjCsPJFfMAxmQxLGPw=="></cpix:ContentKey>`,
    systems: [SYSTEM.aes128, SYSTEM.fairplay, SYSTEM.playready]
      .map((id) => system(videoKid, id, asks))
      .join('<!-- next -->'),
    periods: '<cpix:ContentKeyPeriod id="p" index="1"/>',
    rules: `<cpix:ContentKeyUsageRule kid="${videoKid}"><cpix:KeyPeriodFilter periodId="p"/></cpix:ContentKeyUsageRule>`,
  })

  it('is answered with its own elements, valid', () => {
    expect(problemsOf(text, '1.0')).toEqual([])
    const xml = answered(text, '1.0')
    expect(valid(xml, '2.3')).toEqual([])
    const [aes, fairPlay, playReady] = readCpix(xml).cpix.systems
    expect(decoded(aes?.uriExtXKey ?? '')).toBe(`https://k.example/client/a&b/${videoKid}`)
    expect([aes?.keyFormat, aes?.keyFormatVersions].map((one) => decoded(one ?? ''))).toEqual([
      'identity',
      '1',
    ])
    expect([aes?.pssh, aes?.contentProtection, aes?.protectionHeader]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(decoded(fairPlay?.uriExtXKey ?? '')).toBe(`skd://${videoKid}`)
    expect(decoded(fairPlay?.keyFormat ?? '')).toBe('com.apple.streamingkeydelivery')
    expect(decoded(playReady?.pssh ?? '')).toContain(decoded(playReady?.protectionHeader ?? '-'))
    expect(xml).toContain('<!-- next -->')
  })

  it.each([
    [text.replace('id="abc" ', ''), 'Missing CPIX@id'],
    [
      text.replace(/<cpix:ContentKeyList>.*<\/cpix:ContentKeyList>/, ''),
      'Missing ContentKey in ContentKeyList',
    ],
    [text.replace(/<cpix:DRMSystemList>.*<\/cpix:DRMSystemList>/, ''), 'Missing DRMSystem in DRMSystemList'],
  ])('is refused with a text: %#', (broken, message) => {
    expect(problemsOf(broken, '1.0')[0]).toBe(message)
  })
})
