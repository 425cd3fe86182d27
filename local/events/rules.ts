/** `AWS::Events::Rule` with an event pattern: what it matches, and where it sends that. */
import { type DeliveryTarget, patienceOf } from '../deliveries.ts'
import { LocalError } from '../errors.ts'
import { createFilter, type Filter } from '../event-sources/index.ts'
import { isRecord, type JsonRecord, optionalRecord, optionalText, records, text } from '../json-input.ts'
import type { Resource } from '../template/model.ts'

/** A rule of a bus. */
export interface EventRule {
  readonly arn: string
  /** The name of its bus. */
  readonly bus: string
  readonly matches: Filter
  /** Queues and functions that get what it matches. */
  readonly targets: readonly DeliveryTarget[]
}

/** The rule, or undefined where it has no pattern or is disabled; what is not known here is refused. */
export function ruleOf(resource: Resource): EventRule | undefined {
  const { id, properties, attribute } = resource
  const pattern = optionalRecord(properties, 'EventPattern')
  if (pattern === undefined || properties['State'] === 'DISABLED') return undefined
  checkPattern(id, pattern)
  return {
    arn: attribute('Arn'),
    bus: busNameOf(optionalText(properties, 'EventBusName')),
    matches: createFilter([JSON.stringify(pattern)]),
    targets: records(properties, 'Targets').map((target) => targetOf(id, target)),
  }
}

/** The name of a bus that is named, or whose ARN is given, or that is left out. */
export const busNameOf = (nameOrArn: string | undefined): string =>
  nameOrArn?.replace(/^arn:.*:event-bus\//, '') ?? 'default'

const knownTarget = new Set(['Arn', 'Id', 'Input', 'RetryPolicy', 'DeadLetterConfig'])

function targetOf(id: string, target: JsonRecord): DeliveryTarget {
  const arn = text(target, 'Arn')
  const unknown = Object.keys(target).find((name) => !knownTarget.has(name))
  if (unknown !== undefined || !/^arn:aws:(sqs|lambda):/.test(arn)) {
    throw new LocalError(
      'EVENTS_TARGET',
      `${id}: expected a queue or a function with ${[...knownTarget].join(', ')}, got ${arn} with ${unknown ?? 'no more'}`,
    )
  }
  const input = optionalText(target, 'Input')
  return { arn, ...patienceOf(target), ...(input !== undefined && { input }) }
}

/** The operators the matcher knows, each with what it takes; EventBridge has others, and lists where texts are here. */
const operators: ReadonlyMap<string, (operand: unknown) => boolean> = new Map([
  ['exists', (operand: unknown) => typeof operand === 'boolean'],
  ['prefix', isText],
  ['suffix', isText],
  ['equals-ignore-case', isText],
  ['anything-but', isExclusion],
  ['numeric', isComparison],
])

/** Every leaf of a pattern is a list, of values or of operators with plain operands. */
function checkPattern(id: string, pattern: JsonRecord): void {
  for (const [name, rule] of Object.entries(pattern)) {
    if (isRecord(rule)) checkPattern(id, rule)
    else if (!Array.isArray(rule) || rule.length === 0) throw unknownPattern(id, name, rule)
    else if (name === '$or') {
      for (const each of rule) {
        if (!isRecord(each)) throw unknownPattern(id, name, each)
        checkPattern(id, each)
      }
    } else for (const each of rule) checkRule(id, name, each)
  }
}

function checkRule(id: string, name: string, rule: unknown): void {
  if (isPlain(rule)) return
  const [[operator, operand] = [''], ...others] = isRecord(rule) ? Object.entries(rule) : []
  if (others.length > 0 || operators.get(operator)?.(operand) !== true) throw unknownPattern(id, name, rule)
}

/** What a value must not be: plain values, or how it must neither begin nor end, one or a list of that. */
function isExclusion(operand: unknown): boolean {
  if (!isRecord(operand)) return [operand].flat().every(isPlain)
  const [[operator, texts] = [''], ...others] = Object.entries(operand)
  const wanted = [texts].flat()
  return (
    others.length === 0 &&
    (operator === 'prefix' || operator === 'suffix'
      ? wanted.every(isText) && wanted.length > 0
      : operator === 'equals-ignore-case' && isText(texts))
  )
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isPlain(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

/** `[">", 0, "<=", 5]` */
function isComparison(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length % 2 !== 0) return false
  return value.every((part: unknown, at) =>
    at % 2 === 0 ? ['=', '<', '<=', '>', '>='].includes(String(part)) : typeof part === 'number',
  )
}

function unknownPattern(id: string, name: string, got: unknown): LocalError {
  return new LocalError(
    'EVENTS_PATTERN',
    `${id}.EventPattern ${name}: expected a list of values or of ${[...operators.keys()].join(', ')}, got ${JSON.stringify(got)}`,
  )
}
