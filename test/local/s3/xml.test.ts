import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { S3Fault } from '../../../local/s3/faults.ts'
import { elements, parseXml, textOf, xmlDocument } from '../../../local/s3/xml.ts'

it('reads back any text it prints', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 4 }), (texts) => {
      const printed = xmlDocument(
        'Delete',
        texts.map((text) => ['Object', [['Key', text]]]),
      )
      const read = elements(parseXml(printed, 'Delete'), 'Object').map((object) => textOf(object, 'Key'))
      expect(read).toEqual(texts)
    }),
  )
})

it('understands prefixes, attributes, comments, CDATA and empty elements', () => {
  const document = parseXml(
    '\ufeff<?xml version="1.0"?><!-- x --><s:Delete xmlns:s="http://x"><Object a="1"/><Object><Key><![CDATA[<&>]]>&#65;&#x42;</Key></Object></s:Delete>',
    'Delete',
  )
  expect(elements(document, 'Object').map((object) => textOf(object, 'Key'))).toEqual([undefined, '<&>AB'])
})

it.each([
  '',
  'x',
  '<a>',
  '<a></b>',
  '</a>',
  '<a/><a/>',
  '<b/>',
  '<a>&nope;</a>',
  '<a>&#xffffff;</a>',
  '<a'.repeat(50),
  '<a>'.repeat(50),
])('refuses %j', (text) => {
  expect(() => parseXml(text, 'a')).toThrow(S3Fault)
})

it('ends on mutated documents, throwing only S3Fault', () => {
  const printed = xmlDocument('Tagging', [
    [
      'TagSet',
      [
        [
          'Tag',
          [
            ['Key', 'a'],
            ['Value', 'b & c'],
          ],
        ],
      ],
    ],
  ])
  fc.assert(
    fc.property(fc.nat(printed.length), fc.string({ maxLength: 3 }), fc.nat(3), (at, inserted, removed) => {
      try {
        parseXml(printed.slice(0, at) + inserted + printed.slice(at + removed), 'Tagging')
      } catch (error) {
        expect(error).toBeInstanceOf(S3Fault)
      }
    }),
  )
})
