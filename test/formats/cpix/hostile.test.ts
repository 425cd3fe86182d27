import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { CPIX_LIMITS, readCpix, readSpekeRequest } from '../../../lib/formats/cpix/index.ts'
import { SYSTEM } from '../../../lib/formats/pssh/index.ts'
import { outcomes } from '../outcomes.ts'
import { answered, key, request, videoKid } from './requests.ts'

describe('hostile requests', () => {
  it.each([
    ['entity', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'XML_DOCTYPE'],
    ['external', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'XML_DOCTYPE'],
    ['nothing', '', 'XML_ROOT'],
    ['JSON', '{}', 'XML_ROOT'],
    ['another document', '<MPD/>', 'CPIX_ROOT'],
    ['another charset', `<?xml version="1.0" encoding="ISO-8859-1"?>${request()}`, 'CPIX_CHARSET'],
    ['10,000 keys', request({ keys: key(videoKid, '').repeat(10_000) }), 'CPIX_KEYS'],
    ['a key too many', request({ keys: key(videoKid, '').repeat(CPIX_LIMITS.keys + 1) }), 'CPIX_KEYS'],
    ['over 1 MiB', request({ root: `contentId="${'x'.repeat(2 ** 20)}"` }), 'CPIX_SIZE'],
    ['depth', request({ keys: `${'<a>'.repeat(200)}${'</a>'.repeat(200)}` }), 'XML_DEPTH'],
    [
      'an index over 2^53',
      request({ periods: '<cpix:ContentKeyPeriod id="p" index="99999999999999999"/>' }),
      'CPIX_NUMBER',
    ],
    ['a short IV', request({ keys: key(videoKid, 'explicitIV="AAAA"') }), 'CPIX_IV'],
    ['no base64', request({ keys: key(videoKid, 'explicitIV="*"') }), 'BASE64_TEXT'],
  ])('are refused: %s', (_, text, code) => {
    expect(() => readCpix(Buffer.from(text))).toThrow(expect.objectContaining({ name: 'HeadendError', code }))
  })

  it('may call their elements as they like', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect(
        answered(
          request({ root: 'contentId="m" version="2.3"', delivery: '' }).replace(
            '</cpix:CPIX>',
            `<${name}List><${name}/></${name}List></cpix:CPIX>`,
          ),
        ),
      ).toContain(`<${name}List><${name}/></${name}List>`)
  })

  it('cost no square of their declarations', () => {
    const declarations = Array.from({ length: 20_000 }, (_, i) => `xmlns:a${i}="b"`).join(' ')
    const child = `<cpix:DRMSystem xmlns:y="z" kid="${videoKid}" systemId="${SYSTEM.common}"/>`
    const text = request({ root: declarations, systems: child.repeat(5000) })
    expect(readCpix(text).cpix.systems).toHaveLength(5000)
  })

  it('are refused as UTF-16 and as bytes that are no text', () => {
    for (const bytes of [
      Buffer.from(request(), 'utf16le'),
      Buffer.from([0xff, 0xfe, 0x3c, 0]),
      Buffer.from([0x3c, 0xc3]),
    ])
      expect(() => readCpix(bytes)).toThrow(HeadendError)
  })

  it('end, mutated as they may be, with an answer or a HeadendError', () => {
    const periods = '<cpix:ContentKeyPeriod id="p" index="1"/>'
    const delivery =
      '<cpix:DeliveryData><cpix:DeliveryKey><X509Data><X509Certificate>AAAA</X509Certificate></X509Data></cpix:DeliveryKey></cpix:DeliveryData>'
    // Whose certificate is none is refused once it was read.
    const seeds = [request({ delivery, periods }), request({ periods }), request()]
    const length = Math.max(...seeds.map((seed) => seed.length))
    const pieces = [
      ' ',
      '<!-- -->',
      '<',
      '>',
      '"',
      '/',
      '&',
      'cpix:',
      ' kid="',
      '</cpix:CPIX>',
      '<!--',
      ']]>',
      '\u0000',
      'é',
      '<cpix:PSSH>',
    ]
    const seen = outcomes()
    const change = fc.record({
      at: fc.nat(length),
      piece: fc.constantFrom(...pieces),
      cut: fc.oneof(fc.constant(0), fc.nat(12)),
    })
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(change, { maxLength: 4 }), (seed, changes) => {
        let text = seed
        for (const { at, piece, cut } of changes) text = text.slice(0, at) + piece + text.slice(at + cut)
        seen.count(() => {
          const document = readCpix(text)
          const { request: asked } = readSpekeRequest(document.cpix, '2.0')
          if (asked) answered(text)
        })
      }),
      { numRuns: 1500, seed: 9 },
    )
    seen.expectBoth(50)
  })
})
