/** The key server over real stores: the requests of the corpus, and what it refuses. */
import { createPrivateKey } from 'node:crypto'
import { join } from 'node:path'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decryptKeys, readCpix } from '../../lib/formats/cpix/index.ts'
import { SYSTEM } from '../../lib/formats/pssh/index.ts'
import { cpixCrypto, unwrapWith } from '../../lib/platform/crypto/cpix-crypto.ts'
import { logOf } from '../../lib/platform/log.ts'
import { answerSpekeHttp, keyOpener } from '../../lib/rights/index.ts'
import { policySchema } from '../../lib/rights/protection/policy.ts'
import { openssl, opensslMissing } from '../formats/cpix/openssl.ts'
import { audioKid, key, request, rule, system, videoKid } from '../formats/cpix/requests.ts'
import { type SchemaVersion, validateCpix } from '../formats/cpix/schema.ts'
import { corpus, corpusMissing, corpusText } from '../judges/corpus.ts'
import { childrenOf, treeOf, walk } from '../judges/xml-tree.ts'
import { openRightsCloud, table } from './cloud.ts'

let cloud: Awaited<ReturnType<typeof openRightsCloud>>
const printed: string[] = []
beforeAll(async () => {
  cloud = await openRightsCloud()
})
afterAll(() => cloud.close())

const signer = 'arn:aws:sts::000000000000:assumed-role/packager/session'
const users = [{ username: 'packager', password: 'correct-horse-battery' }]

interface Ask {
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signer?: string | undefined
  readonly body?: string | Uint8Array
}

function ask({
  path = '/speke/v2.0/copyProtection',
  method = 'POST',
  headers,
  body = '',
  ...more
}: Ask = {}) {
  const rights = cloud.ports()
  const ports = {
    ...rights,
    opener: keyOpener({ keyStore: rights.keyStore, now: rights.now }),
    users: () => Promise.resolve(users),
    crypto: cpixCrypto,
    front: () => Promise.resolve({ licenceUrl: 'https://licences.example/licence' }),
    log: logOf({}, (line) => printed.push(line)),
  }
  return answerSpekeHttp(ports, {
    method,
    path,
    headers: headers ?? (path.includes('/v2.0/') ? { 'x-speke-version': '2.0' } : {}),
    signer: 'signer' in more ? more.signer : signer,
    body: typeof body === 'string' ? Buffer.from(body) : body,
    requestId: 'r',
  })
}

const tree = (xml: string) => [...walk(treeOf(xml) ?? expect.fail('not well-formed'))]
const named = (xml: string, name: string) => tree(xml).filter((node) => node.name === name)
/** Base64 of clear keys, in their order. */
const plain = (xml: string): string[] => named(xml, 'PlainValue').map(({ text }) => text)
const decoded = (text = ''): string => Buffer.from(text, 'base64').toString()

interface Case {
  readonly file: string
  readonly http_status: number | string
  readonly content_keys?: number
  readonly drm_systems?: number
  readonly encrypted?: boolean
}

const folder = 'standards/cpix-speke'
const cases = (corpusMissing ? [] : JSON.parse(corpusText(folder, 'expected.json'))) as readonly Case[]

describe.skipIf(corpusMissing !== undefined)('requests of the corpus', () => {
  it.each(cases.filter(({ http_status: status }) => status === 200))(
    '$file gets its keys',
    async (expected) => {
      const body = corpusText(folder, expected.file)
      const answer = await ask({ body })
      expect(answer).toMatchObject({
        status: 200,
        headers: {
          'content-type': 'application/xml',
          'x-speke-version': '2.0',
          'x-speke-user-agent': expect.stringMatching(/./),
        },
      })
      expect(validateCpix(answer.body, '2.3')).toEqual([])
      const { cpix: asked } = readCpix(body)
      const keys = named(answer.body, 'ContentKey')
      expect(keys).toHaveLength(expected.content_keys ?? keys.length)
      expect(named(answer.body, 'DRMSystem')).toHaveLength(expected.drm_systems ?? asked.systems.length)
      const { cpix } = readCpix(answer.body)
      expect(cpix.keys.map(({ kid }) => kid)).toEqual(asked.keys.map(({ kid }) => kid))
      if (expected.encrypted) expect(plain(answer.body)).toEqual([])
      else {
        for (const { secret } of cpix.keys) expect(secret?.plain).toHaveLength(16)
        // Once more, the same keys.
        expect(plain((await ask({ body })).body)).toEqual(plain(answer.body))
      }
    },
  )

  it.each(cases.filter(({ http_status: status }) => status !== 200))('$file is refused', async ({ file }) => {
    const answer = await ask({ body: corpusText(folder, file) })
    expect(answer).toMatchObject({
      status: 422,
      headers: { 'headend-error': expect.stringMatching(/^SPEKE_/) },
    })
    expect(answer.body).not.toBe('')
  })

  it('of SPEKE 1 get keys, URIs and headers, and the HLS key of AES-128 comes from our licence server', async () => {
    const path = '/speke/v1.0/copyProtection'
    const { status, headers, body } = await ask({
      path,
      body: corpusText(folder, 'speke-v1/live_request.xml'),
    })
    expect([status, headers['speke-user-agent']]).toEqual([200, 'headend'])
    expect(plain(body)).toHaveLength(1)
    const systems = named(body, 'DRMSystem')
    const textOf = (id: string, name: string) =>
      childrenOf(
        systems.find(({ attributes }) => attributes['systemId'] === id) ?? expect.fail(`no ${id}`),
        name,
      )[0]?.text
    expect(decoded(textOf(SYSTEM.aes128, 'URIExtXKey'))).toBe(
      'https://licences.example/licence/clearkey/98ee5596cd3ea20d163ae382420c6eff',
    )
    expect(decoded(textOf(SYSTEM.fairplay, 'URIExtXKey'))).toBe(
      'skd://abc123?kid=98ee5596-cd3e-a20d-163a-e382420c6eff',
    )
    expect(textOf(SYSTEM.playready, 'ProtectionHeader')).toMatch(/^[A-Za-z0-9+/]+=*$/)
    // The asker's IV is the answer's.
    expect(named(body, 'ContentKey')[0]?.attributes['explicitIV']).toBe('OFj2IjCsPJFfMAxmQxLGPw==')
    const rotated = corpusText(folder, 'speke-v1/request_live_aes128.xml')
    expect((await ask({ path, body: rotated })).status).toBe(200)
  })

  it.skipIf(opensslMissing !== undefined).each([
    ['speke-v2/encrypted_delivery/tc1_live_cert1.xml', 'Cert1'],
    ['speke-v2/encrypted_delivery/tc5_vod_cert2.xml', 'Cert2'],
  ])('%s: the key of %s opens what others are given clear', async (file, name) => {
    const body = corpusText(folder, file)
    const encrypted = await ask({ body })
    const clear = await ask({
      body: body.replace(/<cpix:DeliveryDataList>[\s\S]*<\/cpix:DeliveryDataList>/, ''),
    })
    const pfx = join(corpus, folder, 'recipients', `${name}.pfx`)
    const pem = openssl(['pkcs12', '-legacy', '-in', pfx, '-passin', `pass:${name}`, '-nodes', '-nocerts'])
    const { cpix } = readCpix(encrypted.body)
    const keys = decryptKeys(cpixCrypto, cpix, {
      certificate: cpix.deliveries[0]?.certificates[0] ?? expect.fail('no certificate'),
      unwrap: unwrapWith(createPrivateKey(pem)),
    })
    expect([...keys.values()].map((one) => Buffer.from(one).toString('base64'))).toEqual(plain(clear.body))
  })
})

/** A request for one key of a period. */
const live = (kid: string, index: number, contentId = 'live/one') =>
  request({
    root: `contentId="${contentId}" version="2.3"`,
    keys: key(kid, 'commonEncryptionScheme="cbcs"'),
    systems: system(kid) + system(kid, SYSTEM.playready) + system(kid, SYSTEM.fairplay),
    periods: `<cpix:ContentKeyPeriod id="p" index="${index}"/>`,
    rules: rule(kid, 'VIDEO', '<cpix:KeyPeriodFilter periodId="p"/><cpix:VideoFilter/>'),
  })

describe('keys', () => {
  const next = videoKid.replace('0001', '0002')

  it('are the same for the same content, period and kid, and others for another period', async () => {
    const all = await Promise.all(
      [live(videoKid, 7), live(videoKid, 7), live(next, 8)].map((body) => ask({ body })),
    )
    const [first, again, later] = all.map(({ body }) => plain(body)[0])
    expect(again).toBe(first)
    expect(later).not.toBe(first)
    const other = await ask({ body: live(videoKid, 7, 'live/two') })
    expect(plain(other.body)[0]).not.toBe(first)
  })

  it('of a hundred askers at once are one, IV and all', async () => {
    const kid = videoKid.replace('0001', '0003')
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask({ body: live(kid, 1) })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ body }) => plain(body)[0])).size).toBe(1)
    expect(
      new Set(answers.map(({ body }) => named(body, 'ContentKey')[0]?.attributes['explicitIV'])).size,
    ).toBe(1)
  })

  it('are given for a period of any index', async () => {
    expect((await ask({ body: live(videoKid, 1e12) })).status).toBe(200)
  })

  it('carry an IV with cbcs and none with cenc', async () => {
    const cbcs = await ask({ body: live(videoKid, 7) })
    expect(named(cbcs.body, 'ContentKey')[0]?.attributes['explicitIV']).toMatch(/^[A-Za-z0-9+/]{22}==$/)
    const cenc = await ask({ body: request() })
    expect(named(cenc.body, 'ContentKey')[0]?.attributes).not.toHaveProperty('explicitIV')
  })

  it('tell PlayReady where our licences are', async () => {
    const { body } = await ask({ body: live(videoKid, 7) })
    const [pro] = named(body, 'SmoothStreamingProtectionHeaderData')
    const box = named(body, 'PSSH')[1]?.text ?? ''
    expect(Buffer.from(pro?.text ?? box, 'base64').toString('utf16le')).toContain('licences.example')
  })

  it('have the output protection of the content policy in SPEKE 2.1', async ({ skip }) => {
    // The schema that judges it is of the corpus.
    skip(corpusMissing !== undefined, corpusMissing)
    const policy = policySchema.parse({
      mode: 'encrypted',
      schemes: ['cenc'],
      systems: ['widevine', 'playready'],
      hdcp: 'TYPE-1',
      robustness: { widevine: 'HW_SECURE_ALL', playready: '2000' },
    })
    await cloud.ports().protection.putPolicy('vod/strict', policy)
    const root = 'contentId="vod/strict" version="2.4"'
    const { status, headers, body } = await ask({
      headers: { 'x-speke-version': '2.1' },
      body: request({
        root,
        systems: [videoKid, audioKid]
          .flatMap((kid) =>
            [SYSTEM.widevine, SYSTEM.playready].map((id) =>
              system(kid, id, '<cpix:PSSH/><cpix:ContentProtectionData/>'),
            ),
          )
          .join(''),
      }),
    })
    expect([status, headers['x-speke-version']]).toEqual([200, '2.1'])
    expect(validateCpix(body, '2.4' satisfies SchemaVersion)).toEqual([])
    expect(named(body, 'HDCPData').map(({ attributes }) => attributes)).toEqual([{ HLSHDCPLevel: 'TYPE-1' }])
    expect(Buffer.from(named(body, 'HDCPOutputProtectionData')[0]?.text ?? '', 'base64').toString()).toBe(
      '<OutputProtection xmlns="urn:mpeg:dash:schema:mpd:2011" schemeIdUri="urn:mpeg:dash:output-protection:hdcp:2020" value="2.2"/>',
    )
    expect(named(body, 'ContentProtectionData').map(({ attributes }) => attributes['robustness'])).toEqual([
      'HW_SECURE_ALL',
      '2000',
      'HW_SECURE_ALL',
      '2000',
    ])
    expect(named(body, 'DRMSystem').map(({ attributes }) => attributes['HLSAllowedCPC'])).toEqual([
      undefined,
      'com.microsoft.playready:SL2000/SL3000',
      undefined,
      'com.microsoft.playready:SL2000/SL3000',
    ])
  })

  it('are given for periods by wall clock and by offset in SPEKE 2.1', async () => {
    for (const when of [
      'start="2026-01-31T12:00:00Z" end="2026-01-31T13:00:00Z"',
      'startOffset="PT0S" endOffset="PT1H"',
    ]) {
      const body = live(videoKid, 1)
        .replace('version="2.3"', 'version="2.4"')
        .replaceAll('playlist="master"', 'playlist="multiVariant"')
        .replace('index="1"', when)
      const answer = await ask({ headers: { 'x-speke-version': '2.1' }, body })
      expect([answer.status, answer.body.includes(when)]).toEqual([200, true])
      if (corpusMissing === undefined) expect(validateCpix(answer.body, '2.4')).toEqual([])
    }
  })

  it('are noted with who asked', async () => {
    await ask({ body: live(videoKid, 7, 'live/noted') })
    await ask({
      path: '/basic/speke/v2.0/copyProtection',
      headers: basic('packager:correct-horse-battery'),
      signer: undefined,
      body: live(videoKid, 7, 'live/noted'),
    })
    const asks = await cloud.ports().protection.asks('live/noted', 10)
    expect(asks.map(({ who, door }) => `${who} by ${door}`).toSorted()).toEqual([
      `${signer} by speke`,
      'packager by speke',
    ])
    expect(asks[0]?.kids).toEqual([videoKid.replaceAll('-', '')])
  })

  it('of content ids that differ in what can not be stored as it stands differ', async () => {
    const ids = ['a b', 'a%20b', 'ä', 'a\tb']
    const answers = await Promise.all(
      ids.map((id) => ask({ body: live(videoKid, 1, id.replace('\t', '&#9;')) })),
    )
    expect(new Set(answers.map(({ body }) => plain(body)[0])).size).toBe(4)
  })
})

describe('refusals', () => {
  const good = request()
  const many = (count: number) => {
    const kids = Array.from({ length: count }, (_, i) =>
      videoKid.replace('0001', i.toString(16).padStart(4, '0')),
    )
    return request({
      keys: kids.map((kid) => key(kid)).join(''),
      systems: system(videoKid),
      rules: rule(videoKid, 'VIDEO', '<cpix:VideoFilter/>'),
    })
  }
  const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "${'a'.repeat(99)}"><!ENTITY b "&a;&a;&a;">]>`
  const external = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'

  it.each<[string, Ask, number, string, (string | RegExp)?]>([
    [
      'no contentId',
      { body: request({ root: 'version="2.3"' }) },
      422,
      'SPEKE_CONTENT_ID',
      'Missing CPIX@contentId',
    ],
    [
      'no version',
      { body: request({ root: 'contentId="x"' }) },
      422,
      'SPEKE_CPIX_VERSION',
      'Missing CPIX@version',
    ],
    [
      'another version',
      { body: request({ root: 'contentId="x" version="1.9"' }) },
      422,
      'SPEKE_CPIX_VERSION',
      'Unsupported CPIX@version',
    ],
    [
      'no scheme',
      { body: request({ keys: key(videoKid, '') + key(audioKid) }) },
      422,
      'SPEKE_SCHEME',
      `Missing ContentKey@commonEncryptionScheme for KID ${videoKid}`,
    ],
    [
      'FairPlay with cenc',
      { body: request({ systems: system(videoKid, SYSTEM.fairplay) + system(audioKid) }) },
      422,
      'SPEKE_SCHEME',
      'Non compliant ContentKey@commonEncryptionScheme combination',
    ],
    ['no header', { body: good, headers: {} }, 422, 'SPEKE_VERSION', 'Unsupported SPEKE version'],
    [
      'SPEKE 3',
      { body: good, headers: { 'x-speke-version': '3.0' } },
      422,
      'SPEKE_VERSION',
      'Unsupported SPEKE version',
    ],
    ['no body', { body: '' }, 400, 'XML_'],
    ['what is no XML', { body: '{"kids":[]}' }, 400, 'XML_'],
    ['what is no CPIX', { body: '<MPD/>' }, 400, 'CPIX_ROOT'],
    ['an entity bomb', { body: `${bomb}${good}` }, 400, 'XML_'],
    ['an external entity', { body: `${external}${good}` }, 400, 'XML_'],
    ['UTF-16', { body: Buffer.from(`\ufeff${good}`, 'utf16le') }, 415, 'CPIX_CHARSET'],
    [
      'Latin-1 by its declaration',
      { body: `<?xml version="1.0" encoding="ISO-8859-1"?>${good}` },
      415,
      'CPIX_CHARSET',
    ],
    [
      'Latin-1 by its header',
      {
        body: good,
        headers: { 'x-speke-version': '2.0', 'content-type': 'application/xml; charset=iso-8859-1' },
      },
      415,
      'CPIX_CHARSET',
    ],
    [
      'bytes that are no UTF-8',
      { body: Buffer.from(good.replace('movie', 'm\xffvie'), 'latin1') },
      415,
      'CPIX_CHARSET',
    ],
    ['more than a mebibyte', { body: good + ' '.repeat(1024 * 1024) }, 413, 'CPIX_SIZE'],
    ['10,000 keys', { body: many(10_000) }, 413, 'CPIX_'],
    ['a content id of 600 characters', { body: live(videoKid, 1, 'x'.repeat(600)) }, 422, 'SPEKE_CONTENT_ID'],
    ['a certificate that is none', { body: withRecipient('AAAA') }, 422, 'CPIX_CERTIFICATE'],
    [
      'a signature that does not hold',
      {
        body: good.replace(
          '</cpix:CPIX>',
          '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></cpix:CPIX>',
        ),
      },
      422,
      'CPIX_SIGNATURE',
    ],
    ['nobody', { body: good, signer: undefined }, 403, 'SPEKE_AUTHORIZATION'],
    ['no password', { path: '/basic/speke/v2.0/copyProtection', body: good }, 401, 'SPEKE_AUTHORIZATION'],
    [
      'a wrong password',
      { path: '/basic/speke/v2.0/copyProtection', body: good, headers: basic('packager:wrong') },
      401,
      'SPEKE_AUTHORIZATION',
    ],
    [
      'half a password',
      { path: '/basic/speke/v2.0/copyProtection', body: good, headers: basic('packager') },
      401,
      'SPEKE_AUTHORIZATION',
    ],
    ['GET', { method: 'GET' }, 404, 'ROUTE_NOT_FOUND'],
    ['another path', { path: '/speke/v2.0/heartbeat' }, 404, 'ROUTE_NOT_FOUND'],
  ])('%s', async (_, asked, status, code, text) => {
    const answer = await ask(asked)
    expect([answer.status, answer.headers['headend-error']]).toEqual([
      status,
      expect.stringMatching(`^${code}`),
    ])
    if (text !== undefined) expect(answer.body).toBe(text)
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('says how to come in by a password', async () => {
    const { headers } = await ask({ path: '/basic/speke/v2.0/copyProtection', body: good })
    expect(headers['www-authenticate']).toBe('Basic realm="headend", charset="UTF-8"')
  })

  it('300 keys, which are more than a request may have made', async () => {
    const kids = Array.from({ length: 300 }, (_, i) =>
      videoKid.replace('0001', i.toString(16).padStart(4, '0')),
    )
    const body = request({
      keys: kids.map((kid) => key(kid)).join(''),
      systems: kids.map((kid) => system(kid)).join(''),
      rules: kids.map((kid, i) => rule(kid, `V${i}`, '<cpix:VideoFilter/>')).join(''),
    })
    expect(await ask({ body })).toMatchObject({ status: 413, headers: { 'headend-error': 'SPEKE_KEYS' } })
  })
})

it('a heartbeat says that the server is up', async () => {
  expect(await ask({ path: '/speke/v1.0/heartbeat', method: 'GET' })).toMatchObject({ status: 200 })
})

it('prints no key, and stores none', async () => {
  const ports = cloud.ports()
  const { Items = [] } = await cloud.client.send(new ScanCommand({ TableName: table }))
  const keys = await Promise.all(
    Items.flatMap((item) => (item['wrapped'] ? [ports.keyStore.unwrap(item as never)] : [])),
  )
  expect(keys.length).toBeGreaterThan(10)
  const all = printed.join('') + JSON.stringify(Items)
  expect(printed.length).toBeGreaterThan(10)
  for (const secret of keys)
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(all).not.toContain(Buffer.from(secret).toString(form).replace(/=+$/, ''))
})

function basic(text: string) {
  return { 'x-speke-version': '2.0', authorization: `Basic ${Buffer.from(text).toString('base64')}` }
}

function withRecipient(certificate: string): string {
  const ds = 'http://www.w3.org/2000/09/xmldsig#'
  return request({
    delivery:
      `<cpix:DeliveryData><cpix:DeliveryKey><ds:X509Data xmlns:ds="${ds}">` +
      `<ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></cpix:DeliveryKey></cpix:DeliveryData>`,
  })
}
