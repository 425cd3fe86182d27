/** The Condition block of a statement: operators, IfExists, ForAllValues and ForAnyValue. */
import { BlockList, isIP } from 'node:net'
import { isRecord } from '../json-input.ts'
import { broken, listOf } from './malformed.ts'
import { asLiteral, type Context, fits, fitsArn, withVariables } from './pattern.ts'

/** `{"ForAnyValue:StringLikeIfExists": {"aws:SourceArn": ["…"]}}`, one key of it. */
export interface Condition {
  readonly operator: string
  /** In lower case: condition keys know no case. */
  readonly key: string
  readonly values: readonly string[]
  readonly ifExists: boolean
  readonly set: 'all' | 'any' | undefined
}

/** Reads a Condition block; an operator AWS does not have is refused, for ignoring it would widen the policy. */
export function parseConditions(value: unknown, where: string): readonly Condition[] {
  if (value === undefined) return []
  if (!isRecord(value)) throw broken(where, 'an object', value)
  return Object.entries(value).flatMap(([name, keys]) => {
    const [, set, operator = '', ifExists] =
      /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? []
    if (operator !== 'Null' && !tests.has(positive(operator)))
      throw broken(where, 'a condition operator', name)
    if (!isRecord(keys)) throw broken(`${where}.${name}`, 'an object', keys)
    return Object.entries(keys).map(
      ([key, values]): Condition => ({
        operator,
        key: key.toLowerCase(),
        values: listOf(values).map((entry) => textOf(entry, `${where}.${name}.${key}`)),
        ifExists: ifExists !== undefined,
        set: set === 'ForAllValues' ? 'all' : set === 'ForAnyValue' ? 'any' : undefined,
      }),
    )
  })
}

/** Whether a request with this context meets a condition; `variables` says whether `${…}` is one. */
export function meets(condition: Condition, context: Context, variables: boolean): boolean {
  const { operator, key, ifExists, set } = condition
  const found = context[key]
  const given = found === undefined ? [] : typeof found === 'string' ? [found] : found
  if (operator === 'Null')
    return condition.values.some((value) => (value === 'true') === (given.length === 0))
  const negated = positive(operator) !== operator
  if (given.length === 0) return ifExists || set === 'all' || (negated && set === undefined)
  const test = tests.get(positive(operator))
  if (test === undefined) return false
  const wanted = condition.values.flatMap((value) =>
    variables ? (withVariables(value, context) ?? []) : value,
  )
  const holds = (value: string) => wanted.some((pattern) => test(pattern, value)) !== negated
  if (set === 'all') return given.every(holds)
  // Without a set operator a negated operator must hold for each value, a positive one for any.
  return negated && set === undefined ? given.every(holds) : given.some(holds)
}

type Test = (wanted: string, given: string) => boolean

const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['StringEquals', (wanted, given) => asLiteral(wanted) === given],
  ['StringEqualsIgnoreCase', (wanted, given) => asLiteral(wanted).toLowerCase() === given.toLowerCase()],
  ['StringLike', fits],
  ['NumericEquals', compare(Number, (wanted, given) => given === wanted)],
  ['NumericLessThan', compare(Number, (wanted, given) => given < wanted)],
  ['NumericLessThanEquals', compare(Number, (wanted, given) => given <= wanted)],
  ['NumericGreaterThan', compare(Number, (wanted, given) => given > wanted)],
  ['NumericGreaterThanEquals', compare(Number, (wanted, given) => given >= wanted)],
  ['DateEquals', compare(instant, (wanted, given) => given === wanted)],
  ['DateLessThan', compare(instant, (wanted, given) => given < wanted)],
  ['DateLessThanEquals', compare(instant, (wanted, given) => given <= wanted)],
  ['DateGreaterThan', compare(instant, (wanted, given) => given > wanted)],
  ['DateGreaterThanEquals', compare(instant, (wanted, given) => given >= wanted)],
  ['Bool', (wanted, given) => wanted.toLowerCase() === given.toLowerCase()],
  ['BinaryEquals', (wanted, given) => wanted === given],
  ['IpAddress', inRange],
  ['ArnEquals', fitsArn],
  ['ArnLike', fitsArn],
])

/** `StringNotLike` tests as `StringLike` does and then turns the answer round. */
function positive(operator: string): string {
  return operator.replace(/^(String|Numeric|Date|Arn)Not/, '$1').replace(/^NotIpAddress$/, 'IpAddress')
}

function compare(read: (text: string) => number, holds: (wanted: number, given: number) => boolean): Test {
  return (wanted, given) => {
    const left = read(wanted)
    const right = read(given)
    // NaN compares false with everything but `!==`; an unreadable side meets nothing.
    return !Number.isNaN(left) && !Number.isNaN(right) && holds(left, right)
  }
}

/** ISO 8601 or epoch seconds, as IAM takes both. */
function instant(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
}

function inRange(range: string, address: string): boolean {
  const family = isIP(address)
  const [network = '', prefix] = range.split('/')
  if (family === 0 || isIP(network) !== family) return false
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix)
  if (!Number.isInteger(bits) || bits < 0 || bits > (family === 4 ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(network, bits, kind)
  return list.check(address, kind)
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  throw broken(where, 'a string, number or boolean', value)
}
