/** The policy of a form: until when it holds, what its fields may say, how large its file may be. */
import { isRecord } from '../../json-input.ts'
import { S3Fault } from '../faults.ts'

/** Bytes the file may have, both ends included. */
export interface SizeRange {
  readonly minBytes: number
  readonly maxBytes: number
}

export interface JudgedForm {
  /** Base64, as it was signed. */
  readonly policy: string
  readonly bucket: string
  /** Names in lower case, variables in them expanded. */
  readonly fields: ReadonlyMap<string, string>
  readonly nowMs: number
}

interface Condition {
  readonly operator: 'eq' | 'starts-with'
  /** In lower case, without its `$`. */
  readonly field: string
  readonly value: string
  /** As an answer names it. */
  readonly text: string
}

/** Throws unless the policy allows the form, each field of which it must name; gives what it says of the file. */
export function judgeForm({ policy, bucket, fields, nowMs }: JudgedForm): SizeRange {
  const { expiresMs, conditions, range } = readPolicy(policy)
  if (nowMs >= expiresMs) throw against('Policy expired.')
  const values = new Map([...fields, ['bucket', bucket] as const])
  for (const condition of conditions)
    if (!holds(condition, values.get(condition.field)))
      throw against(`Policy Condition failed: ${condition.text}`)
  const named = new Set(conditions.map(({ field }) => field))
  const extra = [...fields.keys()].filter((field) => !named.has(field) && !exempt.test(field))
  if (extra.length > 0) throw against(`Extra input fields: ${extra.join(', ')}`)
  return range
}

/** Fields that no condition needs to name. */
const exempt = /^(bucket|file|policy|x-amz-signature|x-ignore-.*)$/

/** A field that is not there meets no condition, not even one that any text would. */
function holds({ operator, field, value }: Condition, actual: string | undefined): boolean {
  if (actual === undefined) return false
  if (operator === 'eq') return actual === value
  // A list of types must begin so in each of its members.
  const members = field === 'content-type' ? actual.split(',').map((member) => member.trim()) : [actual]
  return members.every((member) => member.startsWith(value))
}

interface Policy {
  readonly expiresMs: number
  readonly conditions: readonly Condition[]
  readonly range: SizeRange
}

function readPolicy(policy: string): Policy {
  const document = parsed(policy)
  if (!isRecord(document)) throw invalid('Invalid JSON.')
  const { expiration, conditions } = document
  if (expiration === undefined) throw invalid('Policy missing expiration.')
  if (!Array.isArray(conditions)) throw invalid('Policy missing conditions.')
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/
  const expiresMs =
    typeof expiration === 'string' && iso.test(expiration) ? Date.parse(expiration) : Number.NaN
  if (Number.isNaN(expiresMs)) throw invalid(`Invalid 'expiration' value: ${JSON.stringify(expiration)}`)
  const entries: readonly unknown[] = conditions
  const ranges = entries.filter(isRange)
  return {
    expiresMs,
    conditions: entries.filter((entry) => !isRange(entry)).flatMap(conditionsOf),
    range: ranges.map(rangeOf).reduce(narrower, { minBytes: 0, maxBytes: Number.MAX_SAFE_INTEGER }),
  }
}

function parsed(policy: string): unknown {
  try {
    return JSON.parse(Buffer.from(policy, 'base64').toString())
  } catch {
    throw invalid('Invalid JSON.')
  }
}

/** `["eq", "$key", "a"]`, `["starts-with", "$key", "a"]`, or `{"key": "a", …}`, which is `eq` for each. */
function conditionsOf(entry: unknown): readonly Condition[] {
  if (isRecord(entry))
    return Object.entries(entry).map(([name, value]) => {
      if (typeof value !== 'string') throw invalid('Invalid Simple-Condition: value must be a string.')
      return condition('eq', `$${name}`, value)
    })
  if (!Array.isArray(entry)) throw invalid('Invalid Condition: expected an object or an array.')
  const [operator, name, value]: readonly unknown[] = entry
  if (operator !== 'eq' && operator !== 'starts-with')
    throw invalid(`Invalid Condition: unknown operation ${JSON.stringify(operator)}.`)
  if (typeof name !== 'string' || !name.startsWith('$') || typeof value !== 'string' || entry.length !== 3)
    throw invalid(`Invalid Condition: ${operator} takes the name of a field, after a $, and a text.`)
  return [condition(operator, name, value)]
}

const condition = (operator: Condition['operator'], name: string, value: string): Condition => ({
  operator,
  field: name.slice(1).toLowerCase(),
  value,
  text: `[${[operator, name, value].map((part) => JSON.stringify(part)).join(', ')}]`,
})

const isRange = (entry: unknown): entry is readonly unknown[] =>
  Array.isArray(entry) && entry[0] === 'content-length-range'

function rangeOf([, minBytes, maxBytes]: readonly unknown[]): SizeRange {
  if (!isSize(minBytes) || !isSize(maxBytes) || minBytes > maxBytes)
    throw invalid('Invalid Condition: content-length-range takes two whole numbers, the smaller first.')
  return { minBytes, maxBytes }
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

const narrower = (one: SizeRange, other: SizeRange): SizeRange => ({
  minBytes: Math.max(one.minBytes, other.minBytes),
  maxBytes: Math.min(one.maxBytes, other.maxBytes),
})

const against = (what: string) => new S3Fault(403, 'AccessDenied', `Invalid according to Policy: ${what}`)
const invalid = (what: string) => new S3Fault(400, 'InvalidPolicyDocument', `Invalid Policy: ${what}`)
