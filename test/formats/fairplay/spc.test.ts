import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { readSpc } from '../../../lib/formats/fairplay/index.ts'
import { readSkdUri, skdUri } from '../../../lib/formats/pssh/index.ts'
import { outcomes } from '../outcomes.ts'
import { spc } from './build.ts'

const kid = '01234567-89ab-cdef-0123-456789abcdef'

describe('an SPC', () => {
  it.each([
    { version: 1, keyBytes: 128, hashBytes: 20 },
    { version: 2, keyBytes: 256, hashBytes: 20 },
    { version: 3, keyBytes: 256, hashBytes: 32 },
  ])('of version $version is read as it was written', (layout) => {
    const read = readSpc(spc(layout))
    expect(read).toMatchObject({ version: layout.version, payload: Buffer.alloc(96, 0x5a) })
    expect([read.iv.length, read.wrappedKey.length, read.certificateHash.length]).toEqual([
      16,
      layout.keyBytes,
      layout.hashBytes,
    ])
  })

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a form', Buffer.from(`spc=${'A'.repeat(300)}&assetId=skd://x`)],
    ['JSON', Buffer.from(`{"spc":"${'A'.repeat(300)}"}`)],
    ['a version nobody knows', spc({ version: 4 })],
    ['cut short', spc().subarray(0, 200)],
    ['longer than its payload says', Buffer.concat([spc(), Buffer.from('x')])],
  ])('is refused where it is %s', (_, bytes) => {
    expect(() => readSpc(bytes)).toThrow(HeadendError)
  })

  it('of any payload is read whole, and mutated is read or refused with a code', () => {
    const seen = outcomes()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(600), fc.nat(255), (payload, at, byte) => {
        const whole = spc({ payload: Buffer.from(payload) })
        expect(Buffer.from(readSpc(whole).payload)).toEqual(Buffer.from(payload))
        const mutant = Buffer.from(whole)
        if (at < mutant.length) mutant[at] = byte
        seen.count(() => expect(readSpc(mutant).payload.length).toBe(payload.length))
      }),
      { numRuns: 1000, seed: 9 },
    )
    seen.expectBoth(5)
  })
})

describe('the URI of a key', () => {
  it.each(['vod/film', 'vod/a b/ü', 'live/one'])(
    'of %s is read as it was printed, with its scheme and without',
    (id) => {
      const uri = skdUri(id, kid)
      const expected = { contentPath: id.split('/').map(encodeURIComponent).join('/'), kid }
      expect(readSkdUri(uri)).toEqual(expected)
      expect(readSkdUri(uri.slice('skd://'.length))).toEqual(expected)
      expect(readSkdUri(uri.replaceAll('-', '').toUpperCase())?.kid).toBe(kid)
    },
  )

  it.each([
    '',
    'skd://',
    kid,
    `skd://${kid}`,
    `skd://vod/film?kid=${kid}&kid=${kid}`,
    `skd://vod/film?kid=${kid};x`,
    `skd://vod/film?x=1&kid=${kid}`,
    `skd://vod/film?kid=${kid.slice(1)}`,
    `skd://vod/film?kid=${kid}#x`,
    `skd://vod/film?kid=${kid}\n`,
    ` skd://vod/film?kid=${kid}`,
    `skd://vod/film?kid=0123456789abcdef-0123456789abcdef`,
  ])('is not %j', (text) => {
    expect(readSkdUri(text)).toBeUndefined()
  })
})
