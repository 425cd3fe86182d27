/** What AWS lists for JavaScript runtime 2.0 passes, and nothing else; njs, whose kin runs it there, is asked as well. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkFunction, grammarFaults } from '../../../local/cloudfront/viewer-function/function-grammar.ts'
import { functionCode } from '../../../scripts/build.ts'
import { njsMissing } from '../../judges/njs.ts'

const scratch = mkdtempSync(join(tmpdir(), 'headend-grammar-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const withHandler = (text: string): string => `${text}\nfunction handler(event) { return event.request }`

/** What njs says against loading a text; undefined where it loads. */
function njsRefuses(text: string): string | undefined {
  const file = join(scratch, 'function.js')
  writeFileSync(file, text)
  const { status, stdout } = spawnSync('njs', ['-t', 'module', file], { encoding: 'utf8' })
  return status === 0 ? undefined : stdout.trim()
}

const good: readonly string[] = [
  "import crypto from 'crypto'\nconst a = crypto.createHash('md5').update('').digest('hex')",
  "import querystring from 'querystring'\nvar a = querystring.parse('a=b')",
  'async function later() { return 1 }\nasync function sum() { const one = await later(); return one + 1 }',
  'async function later() { return 1 }\nasync function both() { return `${await later()}` }',
  'function f(first, ...more) { return more.length }',
  'const f = (a) => a + 1',
  'const a = `x${1 + 1}`',
  'const re = /(?<word>[a-z]+)/gi',
  'try { JSON.parse("") } catch (error) { console.log("a" + error.message) }',
  'outer: for (var i = 0; i < 2; i++) { for (var k in { a: 1 }) { if (k) continue outer } }',
  'do { var n = 1 } while (!n)\nwhile (n > 1) n--\nswitch (n) { case 1: break; default: throw new Error("n") }',
  'let big = 1_000 ** 2, hex = 0xff\nbig **= 2',
  'const o = { get a() { return 1 }, "b": [1, 2, ] }\ndelete o.b\nvoid (o instanceof Object, typeof o)',
  'const s = "abc".codePointAt(0) + [1].includes(1) + Object.keys({ a: 1 }).length + Math.max(1, 2)',
  'const bytes = Buffer.from("aGk", "base64url").toString()\nconst seen = ({}).hasOwnProperty("a")',
  'const d = new Date(0).toISOString(), t = new TextDecoder().decode(new Uint8Array(2))',
]

/** A text, the node that is refused, and a word of what to do instead. */
const bad: readonly (readonly [text: string, node: string, says: RegExp])[] = [
  ['for (const a of [1]) a', 'ForOfStatement', /count an index/],
  ['class A {}', 'ClassDeclaration', /functions/],
  ['const A = class {}', 'ClassExpression', /functions/],
  ['const { a } = { a: 1 }', 'ObjectPattern', /const a = b\.a/],
  ['const [a] = [1]', 'ArrayPattern', /b\[0\]/],
  ['function f({ a }) { return a }', 'ObjectPattern', /name each member/],
  ['function f(a = 1) { return a }', 'AssignmentPattern', /undefined/],
  ['const a = [...[1]]', 'SpreadElement', /concat/],
  ['const a = { ...{} }', 'SpreadElement', /Object\.assign/],
  ['Math.max(...[1])', 'SpreadElement', /concat/],
  ['const a = globalThis.Object?.keys', 'ChainExpression', /a && a\.b/],
  ['const a = null ?? 1', 'LogicalExpression', /undefined/],
  ['let a\na ??= 1', 'AssignmentExpression', /write it out/],
  ['let a\na ||= 1', 'AssignmentExpression', /write it out/],
  ['function* f() { yield 1 }', 'FunctionDeclaration', /array/],
  ['const f = async () => 1', 'ArrowFunctionExpression', /at the top/],
  ['const f = async function () {}', 'FunctionExpression', /at the top/],
  ['function f() { async function g() {} return g }', 'FunctionDeclaration', /at the top/],
  ['async function f() { return String(await 1) }', 'AwaitExpression', /into a const/],
  ['async function f() { return new Error(`a${await 1}`) }', 'AwaitExpression', /into a const/],
  ['await 1', 'AwaitExpression', /in handler/],
  ['return 1', 'Program', /5\.1/],
  ['try { JSON.parse("") } catch { console.log("a") }', 'CatchClause', /catch \(error\)/],
  ['const a = 1, o = { a }', 'Property', /name: name/],
  ['const o = { a() {} }', 'Property', /function \(\)/],
  ['const o = { ["a"]: 1 }', 'Property', /object\[name\]/],
  ['String.raw`a`', 'TaggedTemplateExpression', /call/],
  ["import { createHash } from 'crypto'", 'ImportSpecifier', /default/],
  ["import * as crypto from 'crypto'", 'ImportNamespaceSpecifier', /default/],
  ["import fs from 'fs'", 'ImportDeclaration', /cloudfront, crypto/],
  ["import('crypto')", 'ImportExpression', /at the top/],
  ['export default 1', 'ExportDefaultDeclaration', /by its name/],
  ['const a = 10n', 'Literal', /number/],
  ['const a = 0b11', 'Literal', /decimal/],
  ['const a = "\\u{61}"', 'Literal', /uXXXX/],
  ['const a = /a/u', 'Literal', /g, i, m, y/],
  ['const a = /(?<=a)b/', 'Literal', /lookbehind/],
  ['const a = "a".charCodeAt(0)', 'MemberExpression', /charCodeAt/],
  ['const a = [1].at(-1)', 'MemberExpression', /at\(\)/],
  ['const a = [[1]].flat()', 'MemberExpression', /flat/],
  ['const a = Object.fromEntries([])', 'MemberExpression', /Object\.fromEntries/],
  ['const a = Object.hasOwn({}, "a")', 'MemberExpression', /Object\.hasOwn/],
  ['const a = Array.from([])', 'MemberExpression', /Array\.from/],
  ["import crypto from 'crypto'\nconst a = crypto.randomBytes(1)", 'MemberExpression', /randomBytes/],
  ['const a = globalThis.process', 'MemberExpression', /process/],
  ['const a = "b"["trim"]()', 'MemberExpression', /by its name/],
  ['const a = new Map()', 'Identifier', /no global Map/],
  ['const a = structuredClone({})', 'Identifier', /structuredClone/],
  ['setTimeout(handler, 1)', 'Identifier', /setTimeout/],
  ['eval("1")', 'Identifier', /eval/],
  ['new Function("return 1")', 'Identifier', /Function/],
  ['const a = new RegExp("a")', 'Identifier', /RegExp/],
  ['fetch("https://a")', 'Identifier', /fetch/],
  ['console.log("a", "b")', 'CallExpression', /one argument/],
  ['console.error("a")', 'MemberExpression', /console\.error/],
  ['isNaN(1,)', 'CallExpression', /comma/],
  ['function f(a,) { return a }', 'FunctionDeclaration', /comma/],
  ['function f() { const a = late; return a } const late = f', 'Identifier', /move its const above/],
  ['debugger', 'DebuggerStatement', /no list/],
]

describe('the grammar of CloudFront Functions', () => {
  it.each(good)('has %j', (text) => {
    expect(grammarFaults(withHandler(text))).toEqual([])
  })

  it.each(bad)('does not have %j', (text, node, says) => {
    const faults = grammarFaults(`\n\n${withHandler(text)}`)
    expect(faults.map((fault) => fault.node)).toContain(node)
    const fault = faults.find((one) => one.node === node)
    expect(fault?.message).toMatch(says)
    expect(fault?.line).toBe(2 + text.split('\n').length)
  })

  it('wants one function called handler', () => {
    for (const text of ['', 'const handler = () => 1', 'function other() {}'])
      expect(grammarFaults(text)).toMatchObject([{ node: 'Program', message: /handler/ }])
  })

  it('names the file and each fault in the error a build ends with', () => {
    expect(() => checkFunction('viewer.js', withHandler('for (const a of []) a\nnew Map()'))).toThrow(
      /^viewer\.js: [^]+\n {2}line 1: ForOfStatement: [^\n]+\n {2}line 2: Identifier: no global Map/,
    )
  })

  it('has all of the function that deploys', async () => {
    expect(grammarFaults(await functionCode('lambdas/delivery/viewer-request.js'))).toEqual([])
  })
})

describe.skipIf(njsMissing)(`njs${njsMissing ? ` (${njsMissing})` : ''}`, () => {
  it.each(good)('loads %j', (text) => {
    expect(njsRefuses(withHandler(text))).toBeUndefined()
  })

  it('refuses what of it it can not read, too: the grammar is no stricter for nothing', () => {
    const refused = bad.filter(([text]) => njsRefuses(withHandler(text)) !== undefined)
    const nodes = new Set(refused.map(([, node]) => node))
    for (const node of [
      'ForOfStatement',
      'ClassDeclaration',
      'ObjectPattern',
      'SpreadElement',
      'AwaitExpression',
    ])
      expect(nodes).toContain(node)
  })
})
