/**
 * Judges the text of a CloudFront Function by what AWS says its runtime takes. CloudFront accepts any text and fails
 * with 503 for every viewer, so what stands on no list is refused here, before anybody deploys it.
 */
import { type AnyNode, type Identifier, type Node, parse } from 'acorn'
import { LocalError } from '../../errors.ts'
import { globals, methods, modules } from './function-runtime.ts'

/** Something the runtime does not take, and what to write instead. */
export interface GrammarFault {
  /** As ESTree calls it. */
  readonly node: string
  readonly line: number
  readonly message: string
}

/** Throws FUNCTION_GRAMMAR, which names every fault, for what CloudFront would not run. */
export function checkFunction(name: string, code: string): void {
  const faults = grammarFaults(code)
  if (faults.length === 0) return
  throw new LocalError(
    'FUNCTION_GRAMMAR',
    [
      `${name}: CloudFront Functions (JavaScript runtime 2.0) do not run this:`,
      ...faults.map(({ node, line, message }) => `  line ${line}: ${node}: ${message}`),
    ].join('\n'),
  )
}

/** Every fault of a function's text, first to last; none where CloudFront runs it. */
export function grammarFaults(code: string): readonly GrammarFault[] {
  let program: AnyNode
  try {
    program = parse(code, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      locations: true,
    })
  } catch (error) {
    const { message, loc } = error as SyntaxError & { readonly loc?: { readonly line: number } }
    return [{ node: 'Program', line: loc?.line ?? 1, message: `${message}; write it as ECMAScript 5.1` }]
  }
  const judge = new Judge(code, program)
  judge.visit(program, [])
  return judge.faults
}

type Kinds = AnyNode['type']

/** ECMAScript 5.1, and of later editions what the page lists; the rest of the judge narrows it further. */
const allowed = new Set<Kinds>([
  'Program',
  'ImportDeclaration',
  'ImportDefaultSpecifier',
  'FunctionDeclaration',
  'VariableDeclaration',
  'VariableDeclarator',
  'BlockStatement',
  'BreakStatement',
  'CatchClause',
  'ContinueStatement',
  'DoWhileStatement',
  'EmptyStatement',
  'ExpressionStatement',
  'ForInStatement',
  'ForStatement',
  'IfStatement',
  'LabeledStatement',
  'ReturnStatement',
  'SwitchCase',
  'SwitchStatement',
  'ThrowStatement',
  'TryStatement',
  'WhileStatement',
  'ArrayExpression',
  'ArrowFunctionExpression',
  'AssignmentExpression',
  'AwaitExpression',
  'BinaryExpression',
  'CallExpression',
  'ConditionalExpression',
  'FunctionExpression',
  'Identifier',
  'Literal',
  'LogicalExpression',
  'MemberExpression',
  'NewExpression',
  'ObjectExpression',
  'Property',
  'RestElement',
  'SequenceExpression',
  'TemplateElement',
  'TemplateLiteral',
  'ThisExpression',
  'UnaryExpression',
  'UpdateExpression',
])

const assignments = new Set(words('= += -= *= /= %= <<= >>= >>>= &= ^= |= **='))
const logical = new Set(['&&', '||'])

/** What to write in place of what people are used to. */
const advice: Readonly<Partial<Record<Kinds, string>>> = {
  ForOfStatement: 'for...of is on no list; count an index: for (let i = 0; i < list.length; i++)',
  ClassDeclaration: 'classes are on no list; write functions',
  ClassExpression: 'classes are on no list; write functions',
  ObjectPattern: 'destructuring is on no list; name each member: const a = b.a',
  ArrayPattern: 'destructuring is on no list; name each element: const a = b[0]',
  AssignmentPattern: 'default values are on no list; test for undefined',
  SpreadElement: 'spread is on no list; use concat() or Object.assign()',
  ChainExpression: 'optional chaining is on no list; write a && a.b',
  YieldExpression: 'generators are on no list; return an array',
  TaggedTemplateExpression: 'tagged templates are on no list; call the function',
  ImportSpecifier: "only default imports are known: import crypto from 'crypto'",
  ImportNamespaceSpecifier: "only default imports are known: import crypto from 'crypto'",
  ImportExpression: 'modules are imported at the top, by name',
  ExportDefaultDeclaration: 'nothing is exported; the function is found by its name, handler',
  ExportNamedDeclaration: 'nothing is exported; the function is found by its name, handler',
  ExportAllDeclaration: 'nothing is exported; the function is found by its name, handler',
}

class Judge {
  readonly faults: GrammarFault[] = []
  readonly #code: string
  /** Every name the text declares, wherever it does. */
  readonly #own: ReadonlySet<string>
  /** Where names that are bound once, at the top by let or const, are bound. */
  readonly #late = new Map<string, number>()
  /** What an imported name stands for. */
  readonly #imported = new Map<string, string>()

  constructor(code: string, program: AnyNode) {
    this.#code = code
    const declared = [...declaredIn(program)]
    this.#own = new Set(declared.map(({ name }) => name))
    const top = program.type === 'Program' ? program.body : []
    const bound = top.flatMap((one) =>
      one.type === 'VariableDeclaration' && one.kind !== 'var' ? [one] : [],
    )
    for (const { name, start } of declared) {
      const isTop = bound.some((one) => one.declarations.some(({ id }) => id.start === start))
      if (isTop && declared.filter((one) => one.name === name).length === 1) this.#late.set(name, start)
    }
    const handlers =
      program.type === 'Program' &&
      program.body.filter((one) => one.type === 'FunctionDeclaration' && one.id?.name === 'handler')
    if (!handlers || handlers.length !== 1)
      this.#refuse(
        program,
        'expected one function handler(event) at the top; CloudFront calls it by its name',
      )
  }

  /** `above` holds what a node stands in, nearest last. */
  visit(node: AnyNode, above: readonly AnyNode[]): void {
    if (!allowed.has(node.type))
      this.#refuse(node, advice[node.type] ?? 'it is on no list of the runtime; write it as ECMAScript 5.1')
    else this.#judge(node, above)
    for (const child of childrenOf(node)) this.visit(child, [...above, node])
  }

  #refuse(node: Node, message: string): void {
    this.faults.push({ node: node.type, line: node.loc?.start.line ?? 1, message })
  }

  #judge(node: AnyNode, above: readonly AnyNode[]): void {
    const refuse = (message: string): void => this.#refuse(node, message)
    const parent = above.at(-1)
    // What needs no narrowing has passed.
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check
    switch (node.type) {
      case 'ImportDeclaration': {
        const from = String(node.source.value)
        if (!Object.hasOwn(modules, from))
          return refuse(`no module "${from}"; there are ${Object.keys(modules).join(', ')}`)
        const [first] = node.specifiers
        if (first) this.#imported.set(first.local.name, from)
        return
      }
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        if (node.generator) refuse('generators are on no list; return an array')
        if (node.async && (node.type !== 'FunctionDeclaration' || parent?.type !== 'Program'))
          refuse('async closures are not supported; declare an async function at the top')
        if (this.#endsInComma(node.params.at(-1), ')'))
          refuse('a comma behind the last parameter is on no list')
        return
      case 'CatchClause':
        if (!node.param) refuse('catch without a name is on no list; write catch (error)')
        return
      case 'RestElement':
        if (!parent || !('params' in parent)) refuse('rest is known for parameters alone')
        return
      case 'Property':
        if (node.shorthand) refuse('shorthand properties are on no list; write name: name')
        else if (node.method) refuse('shorthand methods are on no list; write name: function () {}')
        else if (node.computed) refuse('computed names are on no list; assign object[name] = value')
        return
      case 'AssignmentExpression':
        if (!assignments.has(node.operator)) refuse(`${node.operator} is on no list; write it out`)
        return
      case 'LogicalExpression':
        if (!logical.has(node.operator)) refuse(`${node.operator} is on no list; test for undefined`)
        return
      case 'BinaryExpression':
        if (node.left.type === 'PrivateIdentifier') refuse('private names are on no list')
        return
      case 'AwaitExpression':
        if (!above.some((outer) => 'params' in outer))
          refuse('await is for async functions; await it in handler')
        else if (isArgument(node, above))
          refuse('async arguments are not supported; await it into a const first')
        return
      case 'Literal':
        return this.#judgeLiteral(node)
      case 'TemplateElement':
        if (node.value.raw.includes('\\u{')) refuse('\\u{...} is on no list; write \\uXXXX')
        return
      case 'Identifier':
        if (!isReference(node, parent)) return
        if (!this.#own.has(node.name) && !Object.hasOwn(globals, node.name))
          refuse(`no global ${node.name} in the runtime`)
        // njs 0.7.9: "cannot access variable before initialization", however late the function is called.
        if (node.start < (this.#late.get(node.name) ?? 0))
          refuse(`${node.name} is bound below the function that uses it; move its const above`)
        return
      case 'MemberExpression':
        return this.#judgeMember(node, parent)
      case 'CallExpression':
      case 'NewExpression':
        if (this.#endsInComma(node.arguments.at(-1), ')'))
          refuse('a comma behind the last argument is on no list')
        if (this.#isLog(node.callee) && node.arguments.length > 1)
          refuse("console.log takes one argument; write 'a' + ' ' + 'b'")
        return
    }
  }

  #judgeLiteral(node: AnyNode & { type: 'Literal' }): void {
    const refuse = (message: string): void => this.#refuse(node, message)
    const { raw = '', regex } = node
    if (node.bigint !== undefined && node.bigint !== null) refuse('BigInt is on no list; use a number')
    else if (regex) {
      if (/[^gimy]/.test(regex.flags)) refuse(`expected the flags g, i, m, y, got ${regex.flags}`)
      if (/\(\?<[=!]|\\p\{|\\u\{/i.test(regex.pattern))
        refuse('lookbehind and Unicode classes are on no list; write it without them')
    } else if (typeof node.value === 'string') {
      if (raw.includes('\\u{')) refuse('\\u{...} is on no list; write \\uXXXX')
    } else if (/^0[bo]/i.test(raw)) refuse('binary and octal numbers are on no list; write it in decimal')
  }

  #judgeMember(node: AnyNode & { type: 'MemberExpression' }, parent: AnyNode | undefined): void {
    const { object, property, computed } = node
    const isCalled = parent?.type === 'CallExpression' && parent.callee === node
    if (computed) {
      if (isCalled) this.#refuse(node, 'a method chosen while it runs can not be judged; call it by its name')
      return
    }
    const name = property.type === 'Identifier' ? property.name : ''
    const known = object.type === 'Identifier' ? this.#membersOf(object.name) : undefined
    if (known && !known.includes(name))
      this.#refuse(
        node,
        `${this.#text(node)} is on no list; there are ${known.join(', ') || 'no members to ask for by name'}`,
      )
    if (!known && isCalled && !methods.has(name))
      this.#refuse(node, `no method ${name}() in the runtime; write it as a function`)
  }

  #membersOf(name: string): readonly string[] | undefined {
    const from = this.#imported.get(name)
    if (from !== undefined) return modules[from]
    return this.#own.has(name) ? undefined : Object.hasOwn(globals, name) ? globals[name] : undefined
  }

  #isLog(callee: AnyNode): boolean {
    return this.#text(callee) === 'console.log'
  }

  #endsInComma(last: Node | undefined, close: string): boolean {
    if (!last) return false
    const rest = this.#code.slice(last.end).replaceAll(/\/\*.*?\*\/|\/\/.*/g, '')
    return new RegExp(`^\\s*,\\s*\\${close}`).test(rest)
  }

  #text({ start, end }: Node): string {
    return this.#code.slice(start, end)
  }
}

/** Names that declarations, parameters, imports and catch clauses bring in. */
function* declaredIn(node: AnyNode): Generator<Identifier> {
  const bound: (AnyNode | null | undefined)[] = []
  if ('params' in node) bound.push(...node.params)
  if (node.type === 'VariableDeclarator' || node.type.startsWith('Function'))
    bound.push('id' in node ? node.id : null)
  if (node.type === 'CatchClause') bound.push(node.param)
  if (node.type === 'ImportDefaultSpecifier') bound.push(node.local)
  for (const one of bound) {
    if (one?.type === 'Identifier') yield one
    if (one?.type === 'RestElement' && one.argument.type === 'Identifier') yield one.argument
  }
  for (const child of childrenOf(node)) yield* declaredIn(child)
}

/** Whether a name stands for a value, not for a member, a label or the key of a property. */
function isReference(node: AnyNode, parent: AnyNode | undefined): boolean {
  if (parent?.type === 'MemberExpression') return parent.object === node || parent.computed
  if (parent?.type === 'Property') return parent.value === node || parent.computed
  return !['BreakStatement', 'ContinueStatement', 'LabeledStatement'].includes(parent?.type ?? '')
}

/** Whether it stands in the arguments of a call, however deep. */
function isArgument(node: AnyNode, above: readonly AnyNode[]): boolean {
  let inner = node
  for (const outer of above.toReversed()) {
    if ((outer.type === 'CallExpression' || outer.type === 'NewExpression') && outer.callee !== inner)
      return true
    if ('params' in outer) return false
    inner = outer
  }
  return false
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((value): value is AnyNode => typeof (value as Partial<Node> | null)?.type === 'string')
}

function words(text: string): readonly string[] {
  return text.split(' ')
}
