/** CloudFormation's intrinsic functions, as `cdk synth` and hand-written templates use them. */
import { LocalError } from '../errors.ts'
import { isRecord, type JsonRecord } from '../json-input.ts'

/** What the functions ask the template for. */
export interface Scope {
  /** A resource's physical id or a parameter's value; undefined when there is no such name. */
  readonly ref: (name: string) => unknown
  readonly attribute: (resource: string, name: string) => unknown
  readonly conditions: JsonRecord
  readonly mappings: JsonRecord
  readonly region: string
  /** An output of a stack that was made before. */
  readonly stackOutput: (output: StackOutput) => unknown
}

/** What `Fn::GetStackOutput` names. */
export interface StackOutput {
  readonly stack: string
  readonly region: string
  readonly output: string
}

/** A value with every intrinsic replaced; `AWS::NoValue` takes its member or list entry with it. */
export function resolveValue(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value))
    return value.map((entry) => resolveValue(entry, scope)).filter((entry) => entry !== undefined)
  if (!isRecord(value)) return value
  const entries = Object.entries(value)
  const [only] = entries
  if (only !== undefined && entries.length === 1) {
    const [name, argument] = only
    const intrinsic = intrinsics.get(name)
    if (intrinsic !== undefined) return intrinsic(argument, scope)
    if (name.startsWith('Fn::')) throw new LocalError('TEMPLATE_FUNCTION', `${name}: not known to this cloud`)
  }
  return Object.fromEntries(
    entries.flatMap(([key, entry]) => {
      const resolved = resolveValue(entry, scope)
      return resolved === undefined ? [] : [[key, resolved]]
    }),
  )
}

/** Whether a named condition holds. */
export function conditionHolds(name: string, scope: Scope): boolean {
  const condition = scope.conditions[name]
  if (condition === undefined) throw wrong('Condition', 'the name of a condition', name)
  return holds(condition, scope)
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown

const intrinsics: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ['Ref', (name, scope) => refer(name, scope)],
  ['Fn::GetAtt', (argument, scope) => getAtt(argument, scope)],
  ['Fn::Sub', substitute],
  ['Fn::Join', join],
  ['Fn::Select', select],
  ['Fn::Split', split],
  ['Fn::If', choose],
  ['Fn::Base64', (argument, scope) => Buffer.from(text('Fn::Base64', argument, scope)).toString('base64')],
  ['Fn::FindInMap', findInMap],
  ['Fn::GetAZs', (argument, scope) => zones(text('Fn::GetAZs', argument, scope) || scope.region)],
  ['Fn::ImportValue', refuseImport],
  ['Fn::GetStackOutput', stackOutput],
  ...['Fn::Equals', 'Fn::And', 'Fn::Or', 'Fn::Not', 'Fn::Contains'].map((name): [string, Intrinsic] => [
    name,
    (argument, scope) => holds({ [name]: argument }, scope),
  ]),
])

function refer(name: unknown, scope: Scope): unknown {
  if (typeof name !== 'string') throw wrong('Ref', 'a name', name)
  if (name === 'AWS::NoValue') return undefined
  const value = scope.ref(name)
  if (value === undefined) throw wrong('Ref', 'a resource or parameter of the template', name)
  return value
}

function getAtt(argument: unknown, scope: Scope): unknown {
  const [resource, ...rest] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.')
  if (resource === undefined || rest.length === 0)
    throw wrong('Fn::GetAtt', 'a resource and an attribute', argument)
  return scope.attribute(resource, rest.join('.'))
}

/** `${Name}`, `${Name.Attribute}`, a variable of the second argument; `${!Literal}` stays as `${Literal}`. */
function substitute(argument: unknown, scope: Scope): string {
  const [template, variables = {}] = Array.isArray(argument) ? argument : [argument]
  if (typeof template !== 'string' || !isRecord(variables)) {
    throw wrong('Fn::Sub', 'a string, or a string and its variables', argument)
  }
  return template.replaceAll(/\$\{([^}]*)\}/g, (_, inner: string) => {
    const name = inner.trim()
    if (name.startsWith('!')) return `\${${name.slice(1)}}`
    if (name in variables) return text('Fn::Sub', variables[name], scope)
    return asText('Fn::Sub', name.includes('.') ? getAtt(name, scope) : refer(name, scope))
  })
}

function join(argument: unknown, scope: Scope): string {
  if (!Array.isArray(argument) || typeof argument[0] !== 'string')
    throw wrong('Fn::Join', 'a delimiter and a list', argument)
  return list('Fn::Join', argument[1], scope)
    .map((entry) => asText('Fn::Join', entry))
    .join(argument[0])
}

function select(argument: unknown, scope: Scope): unknown {
  if (!Array.isArray(argument)) throw wrong('Fn::Select', 'an index and a list', argument)
  const index = Number(resolveValue(argument[0], scope))
  const entries = list('Fn::Select', argument[1], scope)
  if (!Number.isInteger(index) || index < 0 || index >= entries.length) {
    throw wrong('Fn::Select', `an index below ${entries.length}`, argument[0])
  }
  return entries[index]
}

function split(argument: unknown, scope: Scope): readonly string[] {
  if (!Array.isArray(argument) || typeof argument[0] !== 'string')
    throw wrong('Fn::Split', 'a delimiter and a string', argument)
  return text('Fn::Split', argument[1], scope).split(argument[0])
}

function choose(argument: unknown, scope: Scope): unknown {
  if (!Array.isArray(argument) || argument.length !== 3)
    throw wrong('Fn::If', 'a condition and two values', argument)
  const [condition, yes, no]: unknown[] = argument
  return resolveValue(conditionHolds(String(condition), scope) ? yes : no, scope)
}

function findInMap(argument: unknown, scope: Scope): unknown {
  if (!Array.isArray(argument) || argument.length < 3)
    throw wrong('Fn::FindInMap', 'a map and two keys', argument)
  const [map, top, second] = argument.slice(0, 3).map((key) => text('Fn::FindInMap', key, scope))
  const table = scope.mappings[map ?? '']
  const row = isRecord(table) ? table[top ?? ''] : undefined
  const found = isRecord(row) ? row[second ?? ''] : undefined
  if (found !== undefined) return resolveValue(found, scope)
  const [, , , options]: unknown[] = argument
  if (isRecord(options) && 'DefaultValue' in options) return resolveValue(options['DefaultValue'], scope)
  throw wrong('Fn::FindInMap', 'keys of a mapping', [map, top, second])
}

function refuseImport(name: unknown): never {
  throw new LocalError(
    'TEMPLATE_IMPORT',
    `Fn::ImportValue ${JSON.stringify(name)}: this cloud knows no exports; stacks refer to each other weakly`,
  )
}

/** The stack, region and output stand in the template as they are: CloudFormation resolves nothing in them. */
function stackOutput(argument: unknown, scope: Scope): unknown {
  const {
    StackName: stack,
    Region: region = scope.region,
    OutputName: output,
  } = isRecord(argument) ? argument : {}
  if (typeof stack !== 'string' || typeof region !== 'string' || typeof output !== 'string')
    throw wrong('Fn::GetStackOutput', 'texts StackName, OutputName and Region', argument)
  const value = scope.stackOutput({ stack, region, output })
  if (value !== undefined) return value
  throw wrong('Fn::GetStackOutput', 'an output of a stack that is there before', argument)
}

function zones(region: string): readonly string[] {
  return ['a', 'b', 'c'].map((zone) => region + zone)
}

function holds(condition: unknown, scope: Scope): boolean {
  if (!isRecord(condition)) throw wrong('Condition', 'a condition function', condition)
  const [name = '', argument] = Object.entries(condition)[0] ?? []
  if (name === 'Condition') return conditionHolds(String(argument), scope)
  if (!Array.isArray(argument)) throw wrong(name || 'Condition', 'a list', argument)
  const [first, second]: unknown[] = argument
  switch (name) {
    case 'Fn::Equals':
      return asText(name, resolveValue(first, scope)) === asText(name, resolveValue(second, scope))
    case 'Fn::And':
      return argument.every((part) => holds(part, scope))
    case 'Fn::Or':
      return argument.some((part) => holds(part, scope))
    case 'Fn::Not':
      return !holds(first, scope)
    case 'Fn::Contains':
      return list(name, first, scope).includes(resolveValue(second, scope))
    default:
      throw wrong('Condition', 'Fn::Equals, Fn::And, Fn::Or, Fn::Not or Fn::Contains', name)
  }
}

function list(name: string, value: unknown, scope: Scope): readonly unknown[] {
  const resolved = resolveValue(value, scope)
  // A CommaDelimitedList parameter is a list in every place that takes one.
  if (typeof resolved === 'string' && isRecord(value) && 'Ref' in value) return resolved.split(',')
  if (!Array.isArray(resolved)) throw wrong(name, 'a list', resolved)
  return resolved
}

function text(name: string, value: unknown, scope: Scope): string {
  return asText(name, resolveValue(value, scope))
}

function asText(name: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw wrong(name, 'a string', value)
}

function wrong(where: string, expected: string, got: unknown): LocalError {
  return new LocalError(
    'TEMPLATE_INTRINSIC',
    `${where}: expected ${expected}, got ${JSON.stringify(got)?.slice(0, 120)}`,
  )
}
