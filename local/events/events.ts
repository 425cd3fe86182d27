/** The local EventBridge: events put on a bus go to the targets of every rule of the bus that matches them. */
import { randomUUID } from 'node:crypto'
import { type JsonProtocol, serveJson } from '../aws-json.ts'
import { type Delivery, messageOf, openDeliveries, type Send } from '../deliveries.ts'
import { createFaults, type Faults, type FaultWords, suffer } from '../faults/index.ts'
import { type JsonRecord, optionalText } from '../json-input.ts'
import type { Log } from '../lambda/index.ts'
import { type Authorize, AwsFault, type AwsService, account, type Caller, region } from '../service.ts'
import { type EntryFault, entriesOf, eventOf } from './put-events.ts'
import { busNameOf, type EventRule } from './rules.ts'

const protocol: JsonProtocol = { version: '1.1', namespace: '', maxBytes: 4 * 1024 * 1024 }

/** What EventBridge is opened with. */
export interface EventsOptions {
  /** The file of the journal. */
  readonly path: string
  readonly authorize: Authorize
  readonly send: Send
  readonly log: Log
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** The wait before the second attempt at a target. @default 100 */
  readonly firstRetryMs?: number
  /** What goes wrong. @default nothing */
  readonly faults?: Faults
}

/** The service, and how the template's buses and rules get into it. */
export interface Events extends AwsService {
  createBus(name: string): void
  /** Throws an `AwsFault` where its bus is not there. */
  createRule(rule: EventRule): void
  /** Takes an event that a service of AWS tells of what happened in it; on disk when it resolves. */
  receive(event: JsonRecord, caller: Caller): Promise<void>
  /** Takes up what an earlier run accepted; call it when every target is there. */
  resume(): void
}

/** One event for one target of a rule. */
interface RuleDelivery extends Delivery {
  readonly ruleArn: string
}

/** Opens it; `default` is there from the beginning. */
export async function createEvents(options: EventsOptions): Promise<Events> {
  const { authorize, now = Date.now, log, faults = createFaults() } = options
  const deliveries = await openDeliveries<RuleDelivery>({
    ...options,
    now,
    source: 'events',
    callerOf: ({ ruleArn }) => ({
      kind: 'service',
      principal: 'events.amazonaws.com',
      sourceArn: ruleArn,
    }),
    reasonOf: ({ ruleArn, target }, { error, attempts, condition }) => ({
      RULE_ARN: ruleArn,
      TARGET_ARN: target.arn,
      ERROR_CODE: errorCode(error),
      ERROR_MESSAGE: messageOf(error),
      RETRY_ATTEMPTS: String(attempts - 1),
      ...(condition !== 'never' && { EXHAUSTED_RETRY_CONDITION: condition }),
    }),
  })
  const rules = new Map<string, EventRule[]>([['default', []]])

  async function putEvents(input: JsonRecord, caller: Caller): Promise<JsonRecord> {
    await suffer(faults, { service: 'events', operation: 'PutEvents' }, requestWords)
    const entries = entriesOf(input)
    for (const entry of entries) {
      authorize(caller, 'events:PutEvents', busArn(busOf(entry)), {
        'events:source': optionalText(entry, 'Source') ?? '',
        'events:detail-type': optionalText(entry, 'DetailType') ?? '',
      })
    }
    const accepted: RuleDelivery[] = []
    const answers = entries.map((entry) => {
      const id = randomUUID()
      const event = eventOf(entry, { id, nowMs: now() })
      if ('ErrorCode' in event) return event
      const refused = refusalOf(faults, entry)
      if (refused) return refused
      const bus = busOf(entry)
      // AWS takes it, and nobody ever hears of it.
      if (!rules.has(bus)) warn(`event ${id} for bus ${bus}, which is not there: dropped as AWS drops it`)
      accepted.push(...deliveriesOf(bus, event))
      return { EventId: id }
    })
    await deliveries.accept(accepted)
    const failed = answers.filter((answer) => 'ErrorCode' in answer)
    return { FailedEntryCount: failed.length, Entries: answers }
  }

  /** One for each target of each rule of the bus that the event fits. */
  function deliveriesOf(bus: string, event: object): readonly RuleDelivery[] {
    const body = JSON.stringify(event)
    return (rules.get(bus) ?? [])
      .filter(({ matches }) => matches(event))
      .flatMap(({ arn, targets }) =>
        targets.map((target) => ({
          id: randomUUID(),
          ruleArn: arn,
          target,
          body,
          acceptedAtMs: now(),
        })),
      )
  }

  function warn(message: string): void {
    log({ time: new Date().toISOString(), level: 'WARN', source: 'events', message })
  }

  return {
    name: 'events',
    handle: (request, response, caller) =>
      serveJson(protocol, { request, response, caller }, ({ operation, input }) => {
        if (operation === 'PutEvents') return putEvents(input, caller)
        throw new AwsFault('UnknownOperationException', `${operation} is not done here`)
      }),
    async receive(event, caller) {
      if (caller.kind !== 'service')
        throw new AwsFault('AccessDeniedException', 'events of AWS come of its services alone', 403)
      await deliveries.accept(deliveriesOf('default', event))
    },
    createBus(name) {
      rules.set(name, rules.get(name) ?? [])
    },
    createRule(rule) {
      const list = rules.get(rule.bus)
      if (list === undefined)
        throw new AwsFault('ResourceNotFoundException', `Event bus ${rule.bus} does not exist.`)
      list.push(rule)
    },
    resume: () => deliveries.resume(),
    close: () => deliveries.close(),
  }
}

const requestWords: FaultWords = {
  throttle: () => new AwsFault('ThrottlingException', 'Rate exceeded'),
  internal: () => new AwsFault('InternalException', 'This exception occurs due to unexpected causes.', 500),
}

/** Why an entry that is right is not taken this time (PutEventsResultEntry, ErrorCode). */
function refusalOf(faults: Faults, entry: JsonRecord): EntryFault | undefined {
  const key = optionalText(entry, 'DetailType')
  const rule = faults.meet({ service: 'events', operation: 'entry', resource: busOf(entry), key })
  if (rule?.kind === 'throttle') return { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' }
  if (rule?.kind === 'internal')
    return { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal Service Failure' }
  return undefined
}

function errorCode(error: unknown): string {
  if (!(error instanceof AwsFault)) return 'ERROR_FROM_TARGET'
  if (error.code.startsWith('AccessDenied')) return 'NO_PERMISSIONS'
  if (/NotFound|NonExistent|DoesNotExist/.test(error.code)) return 'NO_RESOURCE'
  return error.status === 429 ? 'THROTTLING' : 'ERROR_FROM_TARGET'
}

const busOf = (entry: JsonRecord): string => busNameOf(optionalText(entry, 'EventBusName'))

const busArn = (name: string): string => `arn:aws:events:${region}:${account}:event-bus/${name}`
