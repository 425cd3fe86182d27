/** Canonical XML, judged by libxml2. */
import fc from 'fast-check'
import { XmlC14NMode, XmlDocument, type XmlElement } from 'libxml2-wasm'
import { describe, expect, it } from 'vitest'
import { canonicalXml } from '../../../lib/formats/xml/canonical.ts'
import { readXml } from '../../../lib/formats/xml/read.ts'
import { isNode, type XmlNode } from '../../../lib/formats/xml/tree.ts'

/** The form libxml2 gives, of the whole or of the first element of a name. */
function judged(text: string, name?: string): string {
  const document = XmlDocument.fromString(text)
  try {
    const options = { mode: XmlC14NMode.XML_C14N_1_1, withComments: false }
    if (name === undefined) return document.canonicalizeToString(options)
    return (document.get(`(//*[local-name()="${name}"])[1]`) as XmlElement).canonicalizeToString(options)
  } finally {
    document.dispose()
  }
}

function ours(text: string, name?: string): string {
  const document = readXml(text)
  const apex = name === undefined ? undefined : find(document.root, name)
  return canonicalXml(document, apex && { apex })
}

function find(node: XmlNode, name: string): XmlNode | undefined {
  if (node.name.replace(/^.*:/, '') === name) return node
  for (const child of node.children.filter(isNode)) {
    const found = find(child, name)
    if (found) return found
  }
  return undefined
}

describe('the canonical form', () => {
  it.each([
    ['empty elements and attributes in order', '<a z="1" b="2"  a=\'3\'><c/></a>'],
    [
      'namespaces',
      '<a xmlns="u:1" xmlns:b="u:2" xmlns:a="u:3" b:x="1" a:x="2" x="3"><b:c xmlns:b="u:2" xmlns="u:1"/></a>',
    ],
    ['attributes by namespace before name', '<a xmlns:z="u:1" xmlns:a="u:2" a:b="1" z:b="2"/>'],
    ['a default namespace taken back', '<a xmlns="u:1"><b xmlns=""><c xmlns="u:1"/><d xmlns=""/></b></a>'],
    ['a prefix bound anew', '<p:a xmlns:p="u:1"><p:b xmlns:p="u:2"><p:c xmlns:p="u:1"/></p:b></p:a>'],
    ['characters', '<a b="&lt;&amp;&quot;&#9;&#10;&#13; >\'">&lt;&gt;&amp;&quot;"\'&#13;é\u{1f600}</a>'],
    ['line ends and CDATA', '<a>\r\n<b c="x\r\ny"/>\r<![CDATA[<&>\r\n]]></a>'],
    [
      'comments and instructions',
      '<?xml version="1.0"?>\n<?p  q ?>\n<!--c--><a><!--c--><?x?><?y  z?></a>\n<!--c-->\n<?r?>\n',
    ],
    ['xml attributes', '<a xml:lang="de" xml:space="preserve" lang="x"> <b/> </a>'],
  ])('%s', (_, text) => {
    expect(ours(text)).toBe(judged(text))
  })

  it.each([
    ['namespaces of its ancestors', '<r xmlns="u:1" xmlns:p="u:2"><s xmlns:q="u:3"><part p:a="1"/></s></r>'],
    ['a default one taken back on the way', '<r xmlns="u:1"><s xmlns=""><part/></s></r>'],
    [
      'the language of its ancestors',
      '<r xml:lang="en"><s xml:lang="de" xml:space="preserve"><part xml:space="default"/></s></r>',
    ],
  ])('of a part has %s', (_, text) => {
    expect(ours(text, 'part')).toBe(judged(text, 'part'))
  })

  it('leaves the signature out that is over it', () => {
    const document = readXml('<a><s><t/></s><b/></a>')
    const without = find(document.root, 's')
    expect(canonicalXml(document, without && { without })).toBe('<a><b></b></a>')
  })

  it.each(['<a p:b="1"/>', `<a ${Array.from({ length: 65 }, (_, i) => `xmlns:n${i}="u"`).join(' ')}/>`])(
    'is refused of %s',
    (text) => {
      expect(() => ours(text)).toThrow(expect.objectContaining({ code: 'XML_CANONICAL' }))
    },
  )

  it('is what libxml2 says of any tree, and its own', () => {
    const prefix = fc.constantFrom('', 'p', 'q')
    const word = fc.constantFrom('a', 'b', 'c')
    const uri = fc.constantFrom('u:1', 'u:2')
    const text = fc.stringMatching(/^[ -~\t\n\r]{0,8}$/).map((one) => one.replaceAll(/[<&>]/g, '&amp;'))
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc
        .record({
          prefix,
          name: word,
          declared: fc.dictionary(prefix, uri, { maxKeys: 2, noNullPrototype: true }),
          attributes: fc.dictionary(word, text, { maxKeys: 3, noNullPrototype: true }),
          children: fc.array(fc.oneof({ depthSize: 'small' }, text, tie('tree')), { maxLength: 3 }),
        })
        .map(({ prefix: own, name, declared, attributes, children }) => {
          const tag = own === '' ? name : `${own}:${name}`
          const spaces = Object.entries(declared).map(([to, at]) => ` xmlns${to && `:${to}`}="${at}"`)
          const rest = Object.entries(attributes).map(
            ([key, value]) => ` ${key}="${value.replaceAll('"', '&quot;')}"`,
          )
          return `<${tag}${[...spaces, ...rest].join('')}>${children.join('')}</${tag}>`
        }),
    }))
    fc.assert(
      fc.property(tree, (inside) => {
        const whole = `<r xmlns:p="u:0" xmlns:q="u:9">${inside}</r>`
        expect(ours(whole)).toBe(judged(whole))
        expect(ours(judged(whole))).toBe(judged(whole))
      }),
      { numRuns: 200 },
    )
  })
})
