/** `AWS::Scheduler::Schedule`: when, whom, as whom; what is not known here is refused, as is what AWS refuses. */
import { type DeliveryTarget, patienceOf } from '../deliveries.ts'
import { LocalError } from '../errors.ts'
import type { Iam } from '../iam/index.ts'
import { type JsonRecord, optionalInteger, optionalText, record, text } from '../json-input.ts'
import { account } from '../service.ts'
import type { Resource, Template } from '../template/model.ts'
import { type Times, timesOf } from './expression.ts'

/** A schedule that is enabled. */
export interface Schedule {
  readonly arn: string
  /** As it is written: another one is another schedule. */
  readonly expression: string
  readonly times: Times
  /** How much later than its time it may come. */
  readonly windowMs: number
  /** The role it invokes its target as, by logical id. */
  readonly role: string
  readonly target: DeliveryTarget
}

/** What a schedule is read with. */
export interface ScheduleSettings {
  readonly template: Template
  readonly iam: Pick<Iam, 'assertAssumable'>
}

const known = new Set([
  'Name',
  'Description',
  'ScheduleExpression',
  'ScheduleExpressionTimezone',
  'State',
  'FlexibleTimeWindow',
  'Target',
])
const knownOfTarget = new Set(['Arn', 'RoleArn', 'Input', 'RetryPolicy', 'DeadLetterConfig'])

/** The schedule, or undefined where it is disabled: that is checked all the same. */
export function scheduleOf(settings: ScheduleSettings, resource: Resource): Schedule | undefined {
  const { id, name, region, properties, attribute } = resource
  onlyKnown(id, properties, known)
  if (!/^[\w.-]{1,64}$/.test(name)) throw refused(id, 'Name', 'up to 64 of A-Z a-z 0-9 - _ .', name)
  const zone = optionalText(properties, 'ScheduleExpressionTimezone') ?? 'UTC'
  if (zone !== 'UTC') throw refused(id, 'ScheduleExpressionTimezone', 'UTC, the only one known here', zone)
  const state = optionalText(properties, 'State') ?? 'ENABLED'
  if (state !== 'ENABLED' && state !== 'DISABLED') throw refused(id, 'State', 'ENABLED or DISABLED', state)
  const expression = text(properties, 'ScheduleExpression')
  const target = record(properties, 'Target')
  const schedule = {
    arn: attribute('Arn'),
    expression,
    times: timesOf(id, expression),
    windowMs: windowOf(id, record(properties, 'FlexibleTimeWindow')),
    role: roleOf(settings, { id, roleArn: text(target, 'RoleArn'), group: groupArn(region) }),
    target: targetOf(id, target),
  }
  return state === 'ENABLED' ? schedule : undefined
}

function onlyKnown(where: string, properties: JsonRecord, names: ReadonlySet<string>): void {
  const unknown = Object.keys(properties).find((name) => !names.has(name))
  if (unknown !== undefined) throw refused(where, unknown, `one of ${[...names].join(', ')}`, unknown)
}

/** The mode has no default. */
function windowOf(id: string, window: JsonRecord): number {
  const mode = text(window, 'Mode')
  const minutes = optionalInteger(window, 'MaximumWindowInMinutes', { min: 1, max: 1440 })
  if (mode === 'OFF' && minutes === undefined) return 0
  if (mode === 'FLEXIBLE' && minutes !== undefined) return minutes * 60_000
  throw refused(
    id,
    'FlexibleTimeWindow',
    'OFF without or FLEXIBLE with MaximumWindowInMinutes',
    `${mode} with ${minutes ?? 'none'}`,
  )
}

/** A schedule can not be made with a role that Scheduler may not assume; what the role may do is seen later. */
function roleOf(
  { template, iam }: ScheduleSettings,
  { id, roleArn, group }: { readonly id: string; readonly roleArn: string; readonly group: string },
): string {
  const role = template.byArn(roleArn)
  if (role?.type !== 'AWS::IAM::Role') throw refused(id, 'Target.RoleArn', 'a role of this template', roleArn)
  iam.assertAssumable(role.id, 'scheduler.amazonaws.com', group)
  return role.id
}

/** What trust policies name as the source: the group, which all schedules here are in. */
const groupArn = (region: string): string => `arn:aws:scheduler:${region}:${account}:schedule-group/default`

function targetOf(id: string, target: JsonRecord): DeliveryTarget {
  onlyKnown(`${id}.Target`, target, knownOfTarget)
  const arn = text(target, 'Arn')
  if (!/^arn:aws:(?:sqs|lambda):/.test(arn) || arn.endsWith('.fifo'))
    throw refused(id, 'Target.Arn', 'a function or a standard queue, which are served here', arn)
  const input = optionalText(target, 'Input')
  if (input?.includes('<aws.scheduler.attempt-number>'))
    throw refused(id, 'Target.Input', 'no attempt number, which is not told here', input)
  if (input !== undefined && arn.startsWith('arn:aws:lambda:') && !isJson(input))
    throw refused(id, 'Target.Input', 'JSON, for a function', input)
  const patience = patienceOf(target)
  if (patience.deadLetterArn?.endsWith('.fifo'))
    throw refused(id, 'Target.DeadLetterConfig', 'a standard queue', patience.deadLetterArn)
  return { arn, ...patience, ...(input !== undefined && { input }) }
}

function isJson(given: string): boolean {
  try {
    JSON.parse(given)
    return true
  } catch {
    return false
  }
}

const refused = (id: string, name: string, expected: string, got: string): LocalError =>
  new LocalError('SCHEDULER_SCHEDULE', `${id}.${name}: expected ${expected}, got ${got}`)
