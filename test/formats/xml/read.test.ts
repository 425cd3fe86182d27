import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { printXml } from '../../../lib/formats/xml/print.ts'
import { readXml } from '../../../lib/formats/xml/read.ts'
import { attributeOf, childOf, childrenOf, contentOf, writeXml } from '../../../lib/formats/xml/tree.ts'
import { corpusFiles, corpusMissing, corpusText } from '../../judges/corpus.ts'
import { treeOf } from '../../judges/xml-tree.ts'
import { outcomes } from '../outcomes.ts'

describe('XML that is read', () => {
  it('keeps every character', () => {
    const text =
      '\ufeff<?xml version="1.0"?>\r\n<!-- a --><!DOCTYPE MPD>\n<m:MPD  a = "1"\tb=\'2\' >text &amp; more' +
      '<!-- <b> --><?php x?><![CDATA[<c/>]]><d/><e ></e >\n</m:MPD>\n<!-- end -->\n'
    expect(writeXml(readXml(text))).toBe(text)
  })

  it('gives names, attributes and text with references replaced', () => {
    const { root } = readXml(
      '<a:x xmlns:a="urn:a" k="1&amp;2&#65;&#x1F600;&lt;\n" a:l="m">t&gt;<![CDATA[&amp;]]><a:y/><y/><b:y/></a:x>',
    )
    expect(root.name).toBe('a:x')
    expect(attributeOf(root, 'k')).toBe('1&2A\u{1f600}< ')
    expect(attributeOf(root, 'l')).toBe('m')
    expect(contentOf(root)).toBe('t>&amp;')
    expect(childrenOf(root, 'y').map(({ name }) => name)).toEqual(['a:y'])
    expect(childOf(root, 'z')).toBeUndefined()
  })

  it('tells the line of an element', () => {
    const { root } = readXml('<a>\n\n<b\n/><c/></a>')
    expect([root.line, childOf(root, 'b')?.line, childOf(root, 'c')?.line]).toEqual([1, 3, 4])
  })

  it.each([
    ['', 'XML_ROOT'],
    ['text', 'XML_ROOT'],
    ['<a/><b/>', 'XML_ROOT'],
    ['<a/>text', 'XML_ROOT'],
    ['<a>', 'XML_TRUNCATED'],
    ['<a', 'XML_TAG'],
    ['<a b="', 'XML_TRUNCATED'],
    ['<!-- ', 'XML_TRUNCATED'],
    ['<a></b>', 'XML_TAG'],
    ['<a></a', 'XML_TAG'],
    ['<a b="1"c="2"/>', 'XML_TAG'],
    ['<a b=1/>', 'XML_ATTRIBUTE'],
    ['<a b/>', 'XML_ATTRIBUTE'],
    ['<a b="<"/>', 'XML_ATTRIBUTE'],
    ['<a b="1" b="2"/>', 'XML_ATTRIBUTE'],
    [`<a ${Array.from({ length: 12 }, (_, i) => `b${i % 11}="1"`).join(' ')}/>`, 'XML_ATTRIBUTE'],
    ['<1a/>', 'XML_NAME'],
    ['<a><\u0000/></a>', 'XML_NAME'],
    ['<a>&nbsp;</a>', 'XML_REFERENCE'],
    ['<a>&#0;</a>', 'XML_REFERENCE'],
    ['<a>&#xD800;</a>', 'XML_REFERENCE'],
    ['<a>a & b</a>', 'XML_REFERENCE'],
    ['<a>&lt', 'XML_REFERENCE'],
    ['<a b="&lt"/>', 'XML_REFERENCE'],
    ['<a><!-- a -- b --></a>', 'XML_COMMENT'],
    ['<a><!DOCTYPE b></a>', 'XML_DOCTYPE'],
    ['<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'XML_DOCTYPE'],
    ['<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>', 'XML_DOCTYPE'],
    [`${'<a>'.repeat(200)}${'</a>'.repeat(200)}`, 'XML_DEPTH'],
  ])('refuses %j', (text, code) => {
    expect(() => readXml(text)).toThrow(expect.objectContaining({ name: 'HeadendError', code }))
    if (code !== 'XML_DEPTH' && code !== 'XML_DOCTYPE')
      expect(treeOf(text), 'libxml2 refuses it, too').toBeUndefined()
  })

  it('ends on any text, with a HeadendError if at all', () => {
    const pieces = [
      '<a',
      '<b>',
      '</a>',
      '/>',
      '>',
      '<',
      '&',
      ';',
      '"',
      "'",
      '=',
      ' ',
      '\n',
      'x',
      '<!--',
      '-->',
      '<?',
      '?>',
      '<![CDATA[',
      ']]>',
      '<!DOCTYPE',
      '[',
      '&lt;',
      '&#',
    ]
    const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 3 })), {
      maxLength: 40,
    })
    const seen = outcomes()
    fc.assert(
      fc.property(text, (parts) => {
        const input = `<a>${parts.join('')}</a>`
        seen.count(() => expect(writeXml(readXml(input))).toBe(input))
      }),
      { numRuns: 2000, seed: 9 },
    )
    seen.expectBoth(50)
  })
})

describe('XML that is printed', () => {
  const clean = fc
    .string({ unit: 'binary' })
    .filter((text) => text.isWellFormed() && !/[\p{Cc}\ufffe\uffff]/u.test(text))

  it('is read as the same attributes by us and by libxml2', () => {
    fc.assert(
      fc.property(clean, (value) => {
        const text = printXml({ name: 'a', attributes: { b: value } })
        expect(attributeOf(readXml(text).root, 'b')).toBe(value)
        expect(treeOf(text)?.attributes['b']).toBe(value)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps line ends and tabs of an attribute', () => {
    const text = printXml({ name: 'a', attributes: { b: 'x\t\r\ny' } })
    expect(treeOf(text)?.attributes['b']).toBe('x\t\r\ny')
    expect(attributeOf(readXml(text).root, 'b')).toBe('x\t\r\ny')
  })

  it.each(['\u0000', '\u0008', '\ud800', '\uffff'])('refuses %j, which no XML may hold', (character) => {
    expect(() => printXml({ name: 'a', attributes: { b: character } })).toThrow(
      expect.objectContaining({ code: 'XML_CHARACTER' }),
    )
  })
})

describe.skipIf(corpusMissing !== undefined)(
  `XML of the corpus${corpusMissing ? ` (${corpusMissing})` : ''}`,
  () => {
    const folder = 'standards'
    it.each(corpusFiles(folder, '.mpd', '.xml'))(
      '%s comes back byte for byte, or is refused as libxml2 refuses it',
      (file) => {
        const text = corpusText(folder, file)
        try {
          expect(writeXml(readXml(text))).toBe(text)
        } catch (error) {
          expect(error).toBeInstanceOf(HeadendError)
          expect(treeOf(text)).toBeUndefined()
        }
      },
    )
  },
)
