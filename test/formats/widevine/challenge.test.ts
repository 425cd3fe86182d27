import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import {
  playReadyPssh,
  SYSTEM,
  widevinePssh,
  writePssh,
  wrmHeaderOf,
} from '../../../lib/formats/pssh/index.ts'
import { readWidevineChallenge } from '../../../lib/formats/widevine/index.ts'
import { outcomes } from '../outcomes.ts'
import { content, field, kidBytes, number, psshBox, psshData, request, signed, varint } from './build.ts'

const a = '0123456789abcdef0123456789abcdef'
const b = 'fedcba9876543210fedcba9876543210'
const dashed = (kid: string): string => kid.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
const kidsOf = (bytes: Uint8Array): readonly string[] => {
  const challenge = readWidevineChallenge(bytes)
  if (challenge.asks !== 'keys') throw new Error(`expected keys, got ${challenge.asks}`)
  return challenge.kids
}
const playReadyBox = Buffer.from(writePssh(playReadyPssh({ header: wrmHeaderOf([dashed(b)], 'cbcs') })))

describe('a Widevine challenge', () => {
  it('as bytes of its own: one key id in the data of a pssh', () => {
    const bytes = Buffer.from(
      '0801121e0a02c1c112160a140a1212100123456789abcdef0123456789abcdef18011a03736967',
      'hex',
    )
    expect(readWidevineChallenge(bytes)).toEqual({ asks: 'keys', kids: [a], contentIds: [] })
  })

  it.each<[string, Buffer, readonly string[]]>([
    ['two key ids in one pssh', request(content.pssh(psshData(a, b))), [a, b]],
    ['one in each of two', request(content.pssh(psshData(a), psshData(b))), [a, b]],
    ['one key id twice', request(content.pssh(psshData(a, a))), [a]],
    [
      'the field of the pssh twice',
      request(Buffer.concat([content.pssh(psshData(a)), content.pssh(psshData(b))])),
      [a, b],
    ],
    [
      'the field of the content twice',
      signed(Buffer.concat([field(2, content.pssh(psshData(a))), field(2, content.pssh(psshData(b)))])),
      [a, b],
    ],
    [
      'two requests',
      signed(field(2, content.pssh(psshData(a))), field(2, content.pssh(psshData(b)))),
      [a, b],
    ],
    ['the whole box for its data', request(content.pssh(psshBox(SYSTEM.widevine, psshData(a), [b]))), [b, a]],
    ['a key of WebM, as it was named before', request(content.webm(kidBytes(b))), [b]],
    ['init data of WebM', request(content.init(kidBytes(b), 2)), [b]],
    [
      'init data of ISO media, the type left out',
      request(content.init(psshBox(SYSTEM.widevine, psshData(b)))),
      [b],
    ],
    ['boxes of version 1', request(content.init(psshBox(SYSTEM.common, Buffer.alloc(0), [a, b]), 1)), [a, b]],
    [
      'boxes of several systems',
      request(content.init(Buffer.concat([psshBox(SYSTEM.widevine, psshData(a)), playReadyBox]), 1)),
      [a, b],
    ],
    [
      'two variants at once',
      request(Buffer.concat([content.pssh(psshData(a)), content.webm(kidBytes(b))])),
      [a, b],
    ],
    [
      'init data whose type stands in another occurrence',
      request(Buffer.concat([field(4, field(2, kidBytes(b))), field(4, number(1, 2))])),
      [b],
    ],
    [
      'entitlement keys',
      request(
        content.pssh(Buffer.concat([number(11, 2), field(14, field(1, kidBytes(a)), field(2, kidBytes(b)))])),
      ),
      [a, b],
    ],
    [
      'numbers with idle bytes',
      signed(Buffer.concat([varint(2 * 8 + 2, 2), varint(22, 3), content.pssh(psshData(a))])),
      [a],
    ],
    [
      'a time past 2^53 and a field nobody knows',
      request(content.pssh(psshData(a)), { more: Buffer.concat([number(4, 2n ** 63n), field(99, 'later')]) }),
      [a],
    ],
    [
      'what a packager writes',
      request(
        content.pssh(
          widevinePssh({
            kids: [dashed(a)],
            protectionScheme: 'cbcs',
            provider: 'p',
            policy: 'x',
            trackType: 'HD',
            cryptoPeriodIndex: 3,
          }).data,
        ),
      ),
      [a],
    ],
    [
      'a feature and numbers nobody knows',
      request(content.pssh(Buffer.concat([psshData(a), field(15, 'HDR10'), number(33, 7)]))),
      [a],
    ],
  ])('names all its keys: %s', (_, bytes, kids) => {
    expect(kidsOf(bytes)).toEqual(kids)
  })

  it('names the contents beside its keys, each of them', () => {
    const data = Buffer.concat([psshData(a), field(4, 'vod/one'), field(4, 'vod/two')])
    const challenge = readWidevineChallenge(request(content.pssh(data)))
    expect(challenge).toMatchObject({
      asks: 'keys',
      kids: [a],
      contentIds: [Buffer.from('vod/one'), Buffer.from('vod/two')],
    })
  })

  it('asks for the certificate, and for no key', () => {
    expect(readWidevineChallenge(Buffer.from('0804', 'hex'))).toEqual({ asks: 'certificate' })
    expect(readWidevineChallenge(Buffer.from('08041200', 'hex'))).toEqual({ asks: 'certificate' })
  })

  it.each([
    ['is renewed', 2],
    ['is given back', 3],
  ])('names a licence that %s by its session', (_, type) => {
    expect(readWidevineChallenge(request(content.existing(), { type }))).toEqual({ asks: 'renewal' })
  })

  it('of which one request renews and another asks for keys asks for keys', () => {
    const renewal = Buffer.concat([field(2, content.existing()), number(3, 2)])
    expect(kidsOf(signed(renewal, field(2, content.pssh(psshData(a)))))).toEqual([a])
  })
})

describe('refused as a Widevine challenge', () => {
  const own = content.pssh(psshData(a))
  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('{"challenge":"CAES"}')],
    ['a challenge in base64', Buffer.from(request(own).toString('base64'))],
    ['a licence', Buffer.concat([number(1, 2), field(2, own)])],
    ['a message of two types', Buffer.concat([number(1, 4), request(own)])],
    ['a type that is 1 in 32 bits only', Buffer.concat([number(1, 2n ** 32n + 1n), field(2, field(2, own))])],
    ['a type that is bytes', Buffer.concat([field(1, '1'), field(2, field(2, own))])],
    ['a certificate request with more in it', Buffer.concat([number(1, 4), field(2, field(2, own))])],
    ['no request', number(1, 1)],
    ['a request without content', signed(number(3, 1))],
    ['content as a number', signed(Buffer.concat([field(2, own), number(2, 1)]))],
    ['a content nobody knows', request(Buffer.concat([own, field(5, field(1, psshData(b)))]))],
    ['a pssh without data', request(field(1, number(2, 1)))],
    ['bytes nobody knows beside a pssh', request(field(1, field(1, psshData(a)), field(4, psshData(b))))],
    [
      'bytes nobody knows in a pssh',
      request(content.pssh(Buffer.concat([psshData(a), field(16, kidBytes(b))]))),
    ],
    ['a content id alone', request(content.pssh(field(4, 'vod/film')))],
    ['a group', request(content.pssh(Buffer.concat([psshData(a), field(13, 'group')])))],
    ['a grouped licence', request(content.pssh(Buffer.concat([psshData(a), field(8, 'group')])))],
    ['a key id of 15 bytes', request(content.pssh(field(2, kidBytes(a).subarray(1))))],
    ['a key id as a number', request(content.pssh(Buffer.concat([psshData(a), number(2, 1)])))],
    ['a byte behind the key ids', request(content.pssh(Buffer.concat([psshData(a), Buffer.from([0xff])])))],
    ['a broken pssh beside a good one', request(content.pssh(psshData(a), Buffer.from([0x01, 0xff])))],
    [
      'a group of protobuf',
      request(content.pssh(Buffer.concat([Buffer.from([0x13]), psshData(b), Buffer.from([0x14])]))),
    ],
    [
      'a tag that is field 2 in 32 bits only',
      request(content.pssh(Buffer.concat([psshData(a), varint(2n ** 35n + 18n), varint(16), kidBytes(b)]))),
    ],
    [
      'a length past the end',
      request(content.pssh(Buffer.concat([psshData(a), Buffer.from([0x12, 0x20]), kidBytes(b)]))),
    ],
    [
      'a length of 2^64 - 1',
      request(content.pssh(Buffer.concat([psshData(a), Buffer.from([0x12]), varint(2n ** 64n - 1n)]))),
    ],
    ['a varint of eleven bytes', Buffer.concat([Buffer.alloc(10, 0x80), Buffer.from([0x00])])],
    ['a WebM key of 20 bytes', request(content.webm(Buffer.alloc(20)))],
    ['init data of a type nobody knows', request(content.init(kidBytes(a), 3))],
    [
      'init data of two types',
      request(
        Buffer.concat([content.init(kidBytes(a), 2), content.init(psshBox(SYSTEM.widevine, psshData(b)), 1)]),
      ),
    ],
    ['a key id as init data of ISO media', request(content.init(kidBytes(a), 1))],
    [
      'data of a system nobody here reads',
      request(
        content.init(
          Buffer.concat([psshBox(SYSTEM.widevine, psshData(a)), psshBox(SYSTEM.fairplay, kidBytes(b))]),
        ),
      ),
    ],
    [
      'a box with bytes behind its data',
      request(content.init(withRest(psshBox(SYSTEM.widevine, psshData(a)), kidBytes(b)))),
    ],
    ['a box of version 2', request(content.init(psshBox(SYSTEM.widevine, psshData(a)).fill(2, 8, 9)))],
    [
      'PlayReady data without a header',
      request(
        content.init(
          Buffer.concat([
            psshBox(SYSTEM.widevine, psshData(a)),
            psshBox(SYSTEM.playready, Buffer.from([6, 0, 0, 0, 0, 0])),
          ]),
        ),
      ),
    ],
    ['a licence that exists and keys', request(Buffer.concat([content.existing(), own]), { type: 2 })],
    ['a renewal of keys', request(own, { type: 2 })],
    ['a renewal of nothing', request(Buffer.alloc(0), { type: 2 })],
    ['a new licence for one that exists', request(content.existing())],
    ['a renewal by no id', request(field(3, number(2, 1)), { type: 2 })],
    [
      'bytes nobody knows in a renewal',
      request(field(3, field(1, field(2, 's')), field(7, psshData(b))), { type: 2 }),
    ],
    [
      'a request of two types',
      signed(Buffer.concat([field(2, content.existing()), number(3, 2), number(3, 1)])),
    ],
  ])('is %s', (_, bytes) => {
    expect(() => readWidevineChallenge(bytes)).toThrow(HeadendError)
  })
})

function withRest(box: Buffer, rest: Buffer): Buffer {
  const all = Buffer.concat([box, rest])
  all.writeUInt32BE(all.length)
  return all
}

describe('properties', () => {
  const kid = fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => Buffer.from(bytes).toString('hex'))

  it('what was written is what is read, spread over boxes and fields as it may be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(kid, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 }),
        (boxes) => {
          const bytes = request(content.pssh(...boxes.map((kids) => psshData(...kids))))
          expect(kidsOf(bytes)).toEqual([...new Set(boxes.flat())])
        },
      ),
    )
  })

  it('mutated bytes end, and are read or refused with a code', () => {
    const whole = request(Buffer.concat([content.pssh(psshData(a, b)), content.init(playReadyBox, 1)]))
    const seen = outcomes()
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
        const mutant = Buffer.from(whole.subarray(0, at % 3 === 0 ? length : whole.length))
        if (at < mutant.length) mutant[at] = byte
        seen.count(() => readWidevineChallenge(mutant))
      }),
      { numRuns: 3000, seed: 9 },
    )
    seen.expectBoth(101)
  })
})
