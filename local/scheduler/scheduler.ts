/** The local EventBridge Scheduler: invokes the targets of schedules by a clock, each as the role of its schedule. */
import { randomUUID } from 'node:crypto'
import { type Delivery, messageOf, openDeliveries, type Send } from '../deliveries.ts'
import { openJournal } from '../journal.ts'
import { isRecord } from '../json-input.ts'
import type { Log } from '../lambda/index.ts'
import { AwsFault, account } from '../service.ts'
import type { Schedule } from './schedule.ts'

/** What Scheduler is opened with. */
export interface SchedulerOptions {
  /** The file of invocations under way. */
  readonly path: string
  /** The file of one-time schedules. */
  readonly oncePath: string
  readonly send: Send
  readonly log: Log
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** Where in its window an invocation comes, from 0 to 1. @default Math.random */
  readonly random?: () => number
  /** The wait before the second attempt at a target. @default 100 */
  readonly firstRetryMs?: number
}

/** The service, and how the template's schedules get into it. */
export interface Scheduler {
  create(schedule: Schedule): Promise<void>
  /** Starts the clock, and takes up what an earlier run accepted; call it when every target is there. */
  start(): void
  close(): Promise<void>
}

interface Invocation extends Delivery {
  readonly scheduleArn: string
  /** Logical id of the role. */
  readonly role: string
  /** ISO 8601, whole seconds. */
  readonly scheduledTime: string
}

/** A one-time schedule: since when it is known, and whether it has been invoked. */
interface Once {
  readonly key: string
  readonly madeAtMs: number
  readonly done: boolean
}

/** The longest a timer of Node's waits. */
const maxWaitMs = 2 ** 31 - 1

/** Opens it. */
export async function createScheduler(options: SchedulerOptions): Promise<Scheduler> {
  const { now = Date.now, random = Math.random } = options
  const deliveries = await openDeliveries<Invocation>({
    ...options,
    now,
    source: 'scheduler',
    callerOf: ({ role }) => ({ kind: 'role', role }),
    reasonOf: ({ id, target, scheduleArn, scheduledTime }, { error, attempts, condition }) => ({
      SCHEDULE_ARN: scheduleArn,
      TARGET_ARN: operationOf(target.arn),
      SCHEDULED_TIME: scheduledTime,
      EXECUTION_ID: id,
      ERROR_CODE: error instanceof AwsFault ? error.code : 'AWS.Scheduler.InternalServerError',
      ERROR_MESSAGE: messageOf(error),
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: String(attempts - 1),
      ...(condition !== 'never' && { EXHAUSTED_RETRY_CONDITION: condition }),
    }),
  })
  const once = new Map<string, Once>()
  const journal = await openJournal<Once>({
    path: options.oncePath,
    accepts: (value): value is Once => isRecord(value) && typeof value['key'] === 'string',
    replay: (entry) => once.set(entry.key, entry),
    snapshot: () => once.values(),
  })
  const schedules: Schedule[] = []
  const timers = new Map<Schedule, NodeJS.Timeout>()
  const firing = new Set<Promise<void>>()
  const keep = (entry: Once): Promise<void> => {
    once.set(entry.key, entry)
    return journal.append(entry)
  }

  /** Calls back at a time, at once if it has passed. */
  function wake(schedule: Schedule, atMs: number, then: () => void): void {
    const waitMs = Math.min(Math.max(0, atMs - now()), maxWaitMs)
    const timer = setTimeout(() => {
      if (now() < atMs) wake(schedule, atMs, then)
      else then()
    }, waitMs)
    timer.unref()
    timers.set(schedule, timer)
  }

  async function fire(schedule: Schedule, scheduledMs: number): Promise<void> {
    try {
      await deliveries.accept([invocationOf(schedule, scheduledMs, now())])
      // Behind it: what is not marked comes again, at least once.
      const known = once.get(keyOf(schedule))
      if (schedule.times.kind === 'once' && known) await keep({ ...known, done: true })
    } catch (error) {
      const message = `${schedule.arn}: ${messageOf(error)}`
      options.log({ time: new Date().toISOString(), level: 'ERROR', source: 'scheduler', message })
    }
  }

  function run(schedule: Schedule, scheduledMs: number): void {
    wake(schedule, scheduledMs + random() * schedule.windowMs, () => {
      const fired = fire(schedule, scheduledMs).finally(() => firing.delete(fired))
      firing.add(fired)
      const { times } = schedule
      if (times.kind === 'rate') run(schedule, scheduledMs + times.everyMs)
    })
  }

  return {
    async create(schedule) {
      schedules.push(schedule)
      const key = keyOf(schedule)
      if (schedule.times.kind === 'once' && !once.has(key))
        await keep({ key, madeAtMs: now(), done: schedule.times.atMs < now() })
    },
    start() {
      deliveries.resume()
      for (const schedule of schedules) {
        const { times } = schedule
        // A rate without a start date begins at once.
        if (times.kind === 'rate') run(schedule, now())
        else if (once.get(keyOf(schedule))?.done === false) run(schedule, times.atMs)
      }
    },
    async close() {
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all(firing)
      await deliveries.close()
      await journal.close()
    },
  }
}

const keyOf = ({ arn, expression }: Schedule): string => `${arn} ${expression}`

function invocationOf(schedule: Schedule, scheduledMs: number, nowMs: number): Invocation {
  const { arn, role, target } = schedule
  const id = randomUUID().replaceAll('-', '').slice(0, 16)
  const scheduledTime = `${new Date(scheduledMs).toISOString().slice(0, 19)}Z`
  const input = target.input
    ?.replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', scheduledTime)
    .replaceAll('<aws.scheduler.execution-id>', id)
  const body = JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account,
    time: scheduledTime,
    region: arn.split(':')[3],
    resources: [arn],
    detail: '{}',
  })
  return {
    id,
    scheduleArn: arn,
    role,
    scheduledTime,
    target: { ...target, ...(input !== undefined && { input }) },
    body,
    acceptedAtMs: nowMs,
  }
}

/** As dead letters name what was called: `arn:aws:scheduler:::aws-sdk:service:apiAction`. */
const operationOf = (arn: string): string =>
  `arn:aws:scheduler:::aws-sdk:${arn.startsWith('arn:aws:sqs:') ? 'sqs:sendMessage' : 'lambda:invoke'}`
