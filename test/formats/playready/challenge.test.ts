import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { readPlayReadyChallenge } from '../../../lib/formats/playready/index.ts'
import { writePlayReady, wrmHeaderOf } from '../../../lib/formats/pssh/index.ts'
import { outcomes } from '../outcomes.ts'
import { acquire, envelope, guid, header, utf16 } from './build.ts'

const a = '0123456789abcdef0123456789abcdef'
const b = 'fedcba9876543210fedcba9876543210'
const read = (text: string | Buffer) => readPlayReadyChallenge(Buffer.from(text))
const both = header(3, [a, b])
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const object = Buffer.from(
  writePlayReady(wrmHeaderOf(['fedcba98-7654-3210-fedc-ba9876543210'], 'cbcs')),
).toString('base64')

describe('a PlayReady challenge', () => {
  it('has key ids in the order of a GUID', () => {
    expect(guid(a)).toBe('Z0UjAauJ780BI0VniavN7w==')
    expect(read(acquire(header(0, [a])))).toEqual({
      encoding: 'utf-8',
      operation: 'AcquireLicense',
      kids: [a],
    })
  })

  it.each<[string, string | Buffer, readonly string[]]>([
    ['4.0', acquire(header(0, [b])), [b]],
    ['4.1', acquire(header(1, [b])), [b]],
    ['4.2', acquire(header(2, [a, b])), [a, b]],
    ['4.3', acquire(both), [a, b]],
    [
      'a header with addresses and attributes',
      acquire(
        header(
          3,
          [a],
          '<LA_URL>https://x</LA_URL><CUSTOMATTRIBUTES><IIS_DRM_VERSION>9</IIS_DRM_VERSION></CUSTOMATTRIBUTES><DECRYPTORSETUP>ONDEMAND</DECRYPTORSETUP>',
        ),
      ),
      [a],
    ],
    ['two headers', acquire(header(0, [a]) + header(3, [b])), [a, b]],
    [
      'two headers in places of their own',
      acquire(header(0, [a]), `<ContentHeader>${header(3, [b])}</ContentHeader>`),
      [a, b],
    ],
    [
      'a key as text and another as VALUE',
      acquire(header(0, [a]).replace('<KID>', `<KID VALUE="${guid(b)}">`)),
      [a, b],
    ],
    [
      'a prefix',
      acquire(
        header(3, [b])
          .replace('<WRMHEADER xmlns=', '<p:WRMHEADER xmlns:p=')
          .replace('</WRMHEADER>', '</p:WRMHEADER>'),
      ),
      [b],
    ],
    [
      'a prefix within',
      acquire(header(0, [b]).replace('<KID>', '<k:KID>').replace('</KID>', '</k:KID>')),
      [b],
    ],
    ['a blank in an end tag', acquire(header(3, [b]).replace('</WRMHEADER>', '</WRMHEADER\n>')), [b]],
    [
      'a comment that looks like an end',
      acquire(header(3, [b]).replace('<DATA>', '<!-- </WRMHEADER> --><DATA>')),
      [b],
    ],
    ['single quotes', acquire(header(3, [b]).replaceAll('"', "'")), [b]],
    [
      'references',
      acquire(header(3, [b]).replace(guid(b), guid(b).replace('=', '&#61;').replace('=', '&#x3d;'))),
      [b],
    ],
    ['a key in CDATA', acquire(header(0, [b]).replace(guid(b), `<![CDATA[${guid(b)}]]>`)), [b]],
    ['a header in CDATA', acquire(`<![CDATA[${both}]]>`), [a, b]],
    ['an escaped header', acquire(escaped(both)), [a, b]],
    ['an object in base64', acquire(object), [b]],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${acquire(both)}`), [a, b]],
    ['UTF-16', utf16(acquire(both)), [a, b]],
    ['UTF-16, big endian', utf16(acquire(both), { isBig: true }), [a, b]],
    ['UTF-16 without a mark', utf16(acquire(both), { hasMark: false }), [a, b]],
    ['UTF-16 without a mark, big endian', utf16(acquire(both), { isBig: true, hasMark: false }), [a, b]],
    ['no declaration', acquire(both).replace(/^<\?xml.*?\?>/, ''), [a, b]],
    ['a key outside a header', acquire(header(0, [a]), `<Other><KID>${guid(b)}</KID></Other>`), [a, b]],
    [
      'SOAP 1.2',
      acquire(both).replace(
        'http://schemas.xmlsoap.org/soap/envelope/',
        'http://www.w3.org/2003/05/soap-envelope',
      ),
      [a, b],
    ],
  ])('names all its keys: %s', (_, text, kids) => {
    expect(read(text).kids).toEqual(kids)
  })

  it('in a comment alone names none', () => {
    expect(read(acquire(`<!-- ${header(0, [b]).replaceAll('--', '')} -->${header(0, [a])}`)).kids).toEqual([
      a,
    ])
    expect(() => read(acquire(`<!-- ${header(0, [a])} -->`))).toThrow(HeadendError)
  })

  it.each([
    'AcknowledgeLicense',
    'JoinDomain',
    'LeaveDomain',
    'GetMeteringCertificate',
    'ProcessMeteringData',
  ])('that is %s asks for no key, unless it names one', (operation) => {
    expect(read(envelope(operation, '<challenge/>'))).toEqual({ encoding: 'utf-8', operation, kids: [] })
    expect(read(envelope(operation, header(0, [b]))).kids).toEqual([b])
  })
})

describe('refused as a PlayReady challenge', () => {
  const own = header(3, [a])
  const la = acquire(own)
  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['no XML', '{"challenge":""}'],
    ['a form', `challenge=${encodeURIComponent(la)}`],
    ['half a message', la.slice(0, 700)],
    ['an operation nobody knows', envelope('GiveLicense', own)],
    ['two operations', la.replace('</soap:Body>', '<AcknowledgeLicense/></soap:Body>')],
    ['two bodies', la.replace('</soap:Envelope>', '<soap:Body/></soap:Envelope>')],
    ['no envelope', own],
    [
      'the message of a page to its player',
      `<PlayReadyKeyMessage type="LicenseAcquisition">${own}</PlayReadyKeyMessage>`,
    ],
    ['no header', acquire('')],
    ['a header without keys', acquire(header(3, []))],
    ['a header without keys beside one with', acquire(own + header(3, []))],
    ['text beside a header', acquire(`${own}${object}`)],
    ['text that is no header', acquire('aGVsbG8gd29ybGQ=')],
    ['an element that is no header', acquire(`${own}<OTHER/>`)],
    ['a header of version 5', acquire(own.replace('4.3.0.0', '5.0.0.0'))],
    ['a header without a version', acquire(own.replace(/ version="[^"]*"/, ''))],
    ['an element in DATA nobody knows', acquire(own.replace('<DATA>', `<DATA><KEY>${guid(b)}</KEY>`))],
    ['an element beside DATA', acquire(own.replace('</DATA>', '</DATA><MORE/>'))],
    ['an element in KIDS nobody knows', acquire(own.replace('<KIDS>', `<KIDS><ID VALUE="${guid(b)}"/>`))],
    ['text in DATA', acquire(own.replace('<DATA>', `<DATA>${guid(b)}`))],
    [
      'an attribute of PROTECTINFO nobody knows',
      acquire(own.replace('<PROTECTINFO', `<PROTECTINFO VALUE="${guid(b)}"`)),
    ],
    ['an attribute of KID nobody knows', acquire(own.replace('<KID ', `<KID ID="${guid(b)}" `))],
    ['a list of keys as text', acquire(own.replace('<KIDS>', `<KIDS>${guid(b)}`))],
    ['a key without a value', acquire(own.replace('<KIDS>', '<KIDS><KID/>'))],
    ['a key of 15 bytes', acquire(header(0, [a]).replace(guid(a), 'AAECAwQFBgcICQoLDA0O'))],
    ['a key in hex', acquire(header(0, [a]).replace(guid(a), 'not base64!'))],
    ['a key that holds elements', acquire(header(0, [a]).replace(guid(a), `${guid(a)}<x>${guid(b)}</x>`))],
    ['key ids under another name', acquire(own, `<KeyId>${guid(b)}</KeyId>`)],
    ['a header elsewhere, escaped', acquire(own, `<CustomData>${escaped(header(0, [b]))}</CustomData>`)],
    [
      'a header elsewhere, in an attribute',
      acquire(own, `<Custom x="${escaped(header(0, [b])).replaceAll('"', '&quot;')}"/>`),
    ],
    ['a header elsewhere, as an object', acquire(own, `<CustomData>${object}</CustomData>`)],
    ['a document type', la.replace('?>', '?><!DOCTYPE Envelope SYSTEM "http://example.com/x.dtd">')],
    ['a document type that declares', la.replace('?>', '?><!DOCTYPE Envelope [<!ENTITY k "x">]>')],
    ['an entity nobody declared', acquire(header(0, [a]).replace(guid(a), '&kid;'))],
    ['UTF-8 declared as UTF-16', la.replace('encoding="utf-8"', 'encoding="utf-16"')],
    ['UTF-16 declared as UTF-8', Buffer.from(`\ufeff${la}`, 'utf16le')],
    ['UTF-7', la.replace('encoding="utf-8"', 'encoding="utf-7"')],
    ['Latin-1', la.replace('encoding="utf-8"', 'encoding="iso-8859-1"')],
    ['XML 1.1', la.replace('version="1.0" e', 'version="1.1" e')],
    ['a declaration that is none', la.replace('?>', ' x="1"?>')],
    ['bytes that are no UTF-8', Buffer.concat([Buffer.from(la), Buffer.from([0xff])])],
    ['a NUL behind the end', `${la}\0`],
    ['a NUL within', acquire(own, '<CustomData>\0</CustomData>')],
    ['half a surrogate', Buffer.concat([utf16(la), Buffer.from([0x00, 0xd8])])],
  ])('is %s', (_, text) => {
    expect(() => read(text)).toThrow(HeadendError)
  })
})

describe('properties', () => {
  const kid = fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => Buffer.from(bytes).toString('hex'))

  it('what was written is what is read, in any version and encoding', () => {
    fc.assert(
      fc.property(
        fc.array(kid, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(0, 1, 2, 3),
        fc.constantFrom('utf8', 'little', 'big'),
        (kids, minor, encoding) => {
          const text = acquire(header(minor, kids))
          const bytes = encoding === 'utf8' ? Buffer.from(text) : utf16(text, { isBig: encoding === 'big' })
          expect(read(bytes).kids).toEqual([...new Set(kids)])
        },
      ),
    )
  })

  it('mutated bytes end, and are read or refused with a code', () => {
    const whole = Buffer.from(acquire(both))
    const seen = outcomes()
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
        const mutant = Buffer.from(whole.subarray(0, at % 4 === 0 ? length : whole.length))
        if (at < mutant.length) mutant[at] = byte
        seen.count(() => read(mutant))
      }),
      { numRuns: 3000, seed: 9 },
    )
    seen.expectBoth(101)
  })
})
