/** Which challenges reach a licence server: those all of whose keys were read, and all of whose keys the token opens. */
import { describe, expect, it } from 'vitest'
import { SYSTEM } from '../../../lib/formats/pssh/index.ts'
import { spc } from '../../formats/fairplay/build.ts'
import { acquire, envelope, header, utf16 } from '../../formats/playready/build.ts'
import { content, field, kidBytes, psshBox, psshData, request } from '../../formats/widevine/build.ts'
import { openDesk, type Sent } from './licence-desk.ts'

const a = '0123456789abcdef0123456789abcdef'
const a2 = '1123456789abcdef0123456789abcdef'
const b = 'fedcba9876543210fedcba9876543210'
const own = [a, a2]
const dashed = (kid: string): string => kid.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

type Rest = Omit<Sent, 'system' | 'body'>
const widevine = (
  body: Uint8Array,
  headers: Rest['headers'] = { 'content-type': 'application/octet-stream' },
): Sent => ({
  system: 'widevine',
  body,
  headers,
})
const xml = { 'content-type': 'text/xml; charset=utf-8' }
const playReady = (text: string | Uint8Array, headers: Rest['headers'] = xml): Sent => ({
  system: 'playready',
  body: Buffer.from(text),
  headers,
})
const form = (
  fields: readonly (readonly [string, string])[],
  more: Rest & { readonly type?: string } = {},
): Sent => ({
  system: 'fairplay',
  body: Buffer.from(fields.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')),
  headers: { 'content-type': more.type ?? 'application/x-www-form-urlencoded' },
  ...(more.query !== undefined && { query: more.query }),
})
const json = (text: string, type = 'application/json'): Sent => ({
  system: 'fairplay',
  body: Buffer.from(text),
  headers: { 'content-type': type },
})
const raw = (query: string, body = spc()): Sent => ({
  system: 'fairplay',
  body,
  headers: { 'content-type': 'application/octet-stream' },
  query,
})
const context = spc().toString('base64')
const skd = (kid: string, id = 'vod/film'): string => `skd://${id}?kid=${dashed(kid)}`
const many = Array.from({ length: 64 }, (_, i) => i.toString(16).padStart(32, '0'))

describe('passed on', () => {
  it.each<[string, Sent]>([
    ['Widevine, its key', widevine(request(content.pssh(psshData(a))))],
    ['Widevine, two of its keys', widevine(request(content.pssh(psshData(a), psshData(a2))))],
    [
      'Widevine, its key and its content',
      widevine(request(content.pssh(Buffer.concat([psshData(a), field(4, 'vod/film')])))),
    ],
    ['Widevine, without a content-type', widevine(request(content.pssh(psshData(a))), {})],
    ['Widevine, a certificate', widevine(Buffer.from('0804', 'hex'))],
    ['Widevine, a renewal', widevine(request(content.existing(), { type: 2 }))],
    ['Widevine, a release', widevine(request(content.existing(), { type: 3 }))],
    ['PlayReady, its key', playReady(acquire(header(0, [a])))],
    ['PlayReady, two of its keys', playReady(acquire(header(3, own)))],
    ['PlayReady in UTF-16', playReady(utf16(acquire(header(3, own))))],
    [
      'PlayReady, with its action',
      playReady(acquire(header(0, [a])), {
        ...xml,
        soapaction: '"http://schemas.microsoft.com/DRM/2007/03/protocols/AcquireLicense"',
      }),
    ],
    [
      'PlayReady, SOAP 1.2',
      playReady(acquire(header(0, [a])), {
        'content-type':
          'application/soap+xml; charset="UTF-8"; action="http://schemas.microsoft.com/DRM/2007/03/protocols/AcquireLicense"',
      }),
    ],
    ['PlayReady, an acknowledgement', playReady(envelope('AcknowledgeLicense', '<challenge/>'))],
    [
      'FairPlay, a form',
      form([
        ['spc', context],
        ['assetId', skd(a)],
      ]),
    ],
    [
      'FairPlay, a form without the scheme',
      form([
        ['spc', context],
        ['assetId', `vod/film?kid=${a}`],
      ]),
    ],
    [
      'FairPlay, a form whose SPC is not escaped',
      {
        ...form([]),
        body: Buffer.from(
          `spc=${Buffer.alloc(30, 0xfb).toString('base64')}&assetId=${encodeURIComponent(skd(a))}`,
        ),
      },
    ],
    [
      'FairPlay, a form with the id twice',
      form([
        ['spc', context],
        ['assetId', skd(a)],
        ['assetId', skd(a2)],
      ]),
    ],
    ['FairPlay, JSON', json(JSON.stringify({ spc: context, assetId: skd(a) }))],
    [
      'FairPlay, JSON in capitals',
      json(JSON.stringify({ spc: context, assetId: skd(a) }), 'Application/JSON; Charset=UTF-8'),
    ],
    ['FairPlay, the SPC alone and the id in the query', raw(`token=x&assetId=${encodeURIComponent(skd(a))}`)],
  ])('is %s', async (_, sent) => {
    const { passed, send } = openDesk(own)
    expect(await send(sent)).toBe('passed')
    expect(passed).toHaveLength(1)
    expect(Buffer.compare(passed[0]?.body ?? Buffer.alloc(0), sent.body)).toBe(0)
  })

  it('goes with the keys that were asked for, so that a server can see to it that it gives no other', async () => {
    const { passed, send } = openDesk(own)
    await send(
      form([
        ['spc', context],
        ['assetId', skd(a)],
      ]),
    )
    await send(widevine(request(content.pssh(psshData(a, a2)))))
    await send(widevine(Buffer.from('0804', 'hex')))
    expect(passed.map(({ facts }) => facts['x-headend-key-ids'])).toEqual([a, `${a},${a2}`, undefined])
    expect(passed.map(({ facts }) => facts['x-headend-content'])).toEqual([
      'vod/film',
      'vod/film',
      'vod/film',
    ])
  })
})

describe('refused for a key the token does not open, before a server is asked', () => {
  const twoHeaders = header(0, [a]) + header(0, [b])
  it.each<[string, Sent, string]>([
    ['Widevine, another key', widevine(request(content.pssh(psshData(b)))), 'LICENCE_CONTENT'],
    ['Widevine, another key beside its own', widevine(request(content.pssh(psshData(a, b)))), 'LICENCE_KEY'],
    ['Widevine, a second box', widevine(request(content.pssh(psshData(a), psshData(b)))), 'LICENCE_KEY'],
    [
      'Widevine, init data',
      widevine(request(content.init(psshBox(SYSTEM.common, Buffer.alloc(0), [a, b])))),
      'LICENCE_KEY',
    ],
    ['Widevine, WebM', widevine(request(content.init(kidBytes(b), 2))), 'LICENCE_CONTENT'],
    [
      'Widevine, another content',
      widevine(request(content.pssh(Buffer.concat([psshData(a), field(4, 'vod/other')])))),
      'LICENCE_KEY',
    ],
    ['Widevine, the 64th key', widevine(request(content.pssh(psshData(a, ...many.slice(1))))), 'LICENCE_KEY'],
    ['PlayReady, another key', playReady(acquire(header(0, [b]))), 'LICENCE_CONTENT'],
    ['PlayReady, another key beside its own', playReady(acquire(header(3, [a, b]))), 'LICENCE_KEY'],
    ['PlayReady, a second header', playReady(acquire(twoHeaders)), 'LICENCE_KEY'],
    ['PlayReady, UTF-16', playReady(utf16(acquire(header(0, [b])))), 'LICENCE_CONTENT'],
    [
      'PlayReady, an acknowledgement of another key',
      playReady(envelope('AcknowledgeLicense', header(0, [b]))),
      'LICENCE_CONTENT',
    ],
    [
      'FairPlay, another key',
      form([
        ['spc', context],
        ['assetId', skd(b)],
      ]),
      'LICENCE_CONTENT',
    ],
    [
      'FairPlay, its key under another content',
      form([
        ['spc', context],
        ['assetId', skd(a, 'vod/other')],
      ]),
      'LICENCE_KEY',
    ],
    [
      'FairPlay, a second id',
      form([
        ['spc', context],
        ['assetId', skd(a)],
        ['assetId', skd(b)],
      ]),
      'LICENCE_KEY',
    ],
    [
      'FairPlay, a second id of another spelling',
      form([
        ['spc', context],
        ['assetId', skd(a)],
        ['asset_id', skd(b)],
      ]),
      'LICENCE_KEY',
    ],
    [
      'FairPlay, a second id in the query',
      form(
        [
          ['spc', context],
          ['assetId', skd(a)],
        ],
        { query: `assetId=${skd(b)}` },
      ),
      'LICENCE_KEY',
    ],
    [
      'FairPlay, JSON in capitals',
      json(JSON.stringify({ spc: context, assetId: skd(b) }), 'Application/JSON'),
      'LICENCE_CONTENT',
    ],
    [
      'FairPlay, JSON with the id twice',
      json(`{"spc":"${context}","assetId":"${skd(b)}","assetId":"${skd(a)}"}`),
      'LICENCE_KEY',
    ],
    [
      'FairPlay, JSON with an escaped name',
      json(`{"spc":"${context}","assetId":"${skd(a)}","asset\\u0049d":"${skd(b)}"}`),
      'LICENCE_KEY',
    ],
    ['FairPlay, the SPC alone', raw(`assetId=${encodeURIComponent(skd(b))}`), 'LICENCE_CONTENT'],
  ])('%s', async (_, sent, code) => {
    const { passed, lines, send } = openDesk(own)
    expect(await send(sent)).toBe(`403 ${code}`)
    expect(passed).toHaveLength(0)
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({
        message: 'licence refused',
        code,
        account: 'account-1',
        content: 'vod/film',
      }),
    ])
  })

  it('of a period that is over, though it is its own', async () => {
    const { passed, send } = openDesk(own, 'of a period that is over')
    expect(await send(widevine(request(content.pssh(psshData(a)))))).toBe('403 LICENCE_PERIOD')
    expect(passed).toHaveLength(0)
  })
})

describe('refused as not read whole, before a server is asked', () => {
  const good = request(content.pssh(psshData(a)))
  const la = acquire(header(0, [a]))
  const action = 'http://schemas.microsoft.com/DRM/2007/03/protocols'
  it.each<[string, Sent]>([
    ['Widevine, nothing', widevine(Buffer.alloc(0))],
    ['Widevine, a content alone', widevine(request(content.pssh(field(4, 'vod/film'))))],
    ['Widevine, a byte behind', widevine(Buffer.concat([good, Buffer.from([0xff])]))],
    ['Widevine, the 65th key', widevine(request(content.pssh(psshData(a, ...many))))],
    ['Widevine in base64', widevine(Buffer.from(good.toString('base64')), { 'content-type': 'text/plain' })],
    ['Widevine as a form', widevine(good, { 'content-type': 'application/x-www-form-urlencoded' })],
    [
      'Widevine, two media types',
      widevine(good, { 'content-type': 'application/octet-stream,application/json' }),
    ],
    ['Widevine, compressed', widevine(good, { 'content-encoding': 'gzip' })],
    ['PlayReady, nothing', playReady('')],
    ['PlayReady, another action', playReady(la, { ...xml, soapaction: `"${action}/AcknowledgeLicense"` })],
    [
      'PlayReady, an action in its type',
      playReady(la, { 'content-type': `application/soap+xml; action="${action}/JoinDomain"` }),
    ],
    [
      'PlayReady, an action of others',
      playReady(la, { ...xml, soapaction: 'http://example.com/AcquireLicense' }),
    ],
    [
      'PlayReady, a charset that is none of Unicode',
      playReady(la, { 'content-type': 'text/xml; charset=utf-7' }),
    ],
    ['PlayReady, two charsets', playReady(la, { 'content-type': 'text/xml; charset=utf-8; charset=utf-16' })],
    ['PlayReady as a form', playReady(la, { 'content-type': 'application/x-www-form-urlencoded' })],
    ['PlayReady in parts', playReady(la, { 'content-type': 'multipart/related; boundary=x' })],
    ['FairPlay, the SPC alone', raw('token=x')],
    ['FairPlay, no SPC', raw(`assetId=${encodeURIComponent(skd(a))}`, Buffer.alloc(300, 1))],
    ['FairPlay, a form without an id', form([['spc', context]])],
    ['FairPlay, a form without an SPC', form([['assetId', skd(a)]])],
    [
      'FairPlay, a form with two',
      form([
        ['spc', context],
        ['spc', context],
        ['assetId', skd(a)],
      ]),
    ],
    [
      'FairPlay, an SPC that is none',
      form([
        ['spc', '!'],
        ['assetId', skd(a)],
      ]),
    ],
    [
      'FairPlay, a field nobody knows',
      form([
        ['spc', context],
        ['assetId', skd(a)],
        ['kid', b],
      ]),
    ],
    [
      'FairPlay, a form parted otherwise',
      { ...form([]), body: Buffer.from(`spc=AAAA;assetId=${skd(b)}&assetId=${skd(a)}`) },
    ],
    ['FairPlay, an escape that is none', { ...form([]), body: Buffer.from(`spc=AAAA&assetId=${skd(a)}%`) }],
    [
      'FairPlay, an id of another form',
      form([
        ['spc', context],
        ['assetId', dashed(a)],
      ]),
    ],
    [
      'FairPlay, an id with more behind',
      form([
        ['spc', context],
        ['assetId', `${skd(a)}&kid=${b}`],
      ]),
    ],
    [
      'FairPlay, an id escaped twice',
      form([
        ['spc', context],
        ['assetId', encodeURIComponent(skd(a))],
      ]),
    ],
    ['FairPlay, no JSON', json('spc')],
    ['FairPlay, JSON in a list', json(JSON.stringify([{ spc: context, assetId: skd(a) }]))],
    [
      'FairPlay, JSON in JSON',
      json(JSON.stringify({ spc: context, assetId: skd(a), more: { assetId: skd(b) } })),
    ],
    ['FairPlay, JSON with a number', json(JSON.stringify({ spc: context, assetId: skd(a), assetid: 1 }))],
    ['FairPlay, JSON with a mark', json(`\ufeff${JSON.stringify({ spc: context, assetId: skd(a) })}`)],
    [
      'FairPlay, JSON of another charset',
      json(JSON.stringify({ spc: context, assetId: skd(a) }), 'application/json; charset=utf-16'),
    ],
    ['FairPlay as text', { ...raw(`assetId=${skd(a)}`), headers: { 'content-type': 'text/plain' } }],
  ])('%s', async (_, sent) => {
    const { passed, lines, send } = openDesk(own)
    expect(await send(sent)).toBe('400 LICENCE_CHALLENGE')
    expect(passed).toHaveLength(0)
    expect(lines.join('')).toContain('LICENCE_CHALLENGE')
  })
})
