/** What of a schedule AWS refuses, and when and as whom the others come. */
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createIam } from '../../../local/iam/index.ts'
import { type Schedule, scheduleOf } from '../../../local/scheduler/schedule.ts'
import { createScheduler, type SchedulerOptions } from '../../../local/scheduler/scheduler.ts'
import { AwsFault, type Caller } from '../../../local/service.ts'
import { loadTemplate, parseDocument } from '../../../local/template/index.ts'
import { scratch } from '../serve.ts'

type Json = Readonly<Record<string, unknown>>

const target = 'arn:aws:lambda:us-east-1:000000000000:function:f'
const dead = 'arn:aws:sqs:us-east-1:000000000000:dead'

const roleFor = (principal: Json, condition: Json = {}): Json => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...condition }],
    },
  },
})

/** A schedule of a template; `undefined` in the place of a property leaves it out. */
function scheduleWith(properties: Json = {}, more: Json = {}, role?: Json): Schedule | undefined {
  const document = parseDocument({
    Resources: {
      Role: role ?? roleFor({ Service: 'scheduler.amazonaws.com' }),
      Minute: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: 'rate(1 minute)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: target, RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, ...more },
          ...properties,
        },
      },
    },
  })
  const template = loadTemplate([{ name: 'Small', region: 'us-east-1', document, assets: new Map() }], {
    aws: 'http://127.0.0.1:1',
    cdn: 'http://127.0.0.1:2',
    httpApis: [],
  })
  const resource = template.resources.get('Minute')
  if (resource === undefined) throw new Error('no schedule')
  return scheduleOf({ template, iam: createIam(template, { nowMs: () => 0 }) }, resource)
}

describe('a schedule', () => {
  it.each([
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 days)',
    'rate(30 seconds)',
    'at(2026-02-31T12:00:00)',
    'at(2026-01-31T12:00:00Z)',
    'cron(0 3 * * ? *)',
    'often',
  ])('is refused where it says %s', (expression) => {
    expect(() => scheduleWith({ ScheduleExpression: expression })).toThrow(
      expect.objectContaining({ code: 'SCHEDULER_SCHEDULE' }),
    )
  })

  it.each<readonly [string, Json, Json]>([
    [
      'a window that is off and has minutes',
      { FlexibleTimeWindow: { Mode: 'OFF', MaximumWindowInMinutes: 5 } },
      {},
    ],
    ['a flexible window without minutes', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, {}],
    ['a name that is none', { Name: 'every minute' }, {}],
    ['another time zone', { ScheduleExpressionTimezone: 'Europe/Berlin' }, {}],
    ['a state that is none', { State: 'ON' }, {}],
    ['a property that is not known here', { StartDate: '2026-01-31T12:00:00Z' }, {}],
    ['a target that is not served here', {}, { Arn: 'arn:aws:sns:us-east-1:000000000000:t' }],
    ['a queue in order', {}, { Arn: `${dead}.fifo` }],
    ['dead letters in order', {}, { DeadLetterConfig: { Arn: `${dead}.fifo` } }],
    ['input that a function can not read', {}, { Input: 'hello' }],
    ['input with what is not told here', {}, { Input: '"<aws.scheduler.attempt-number>"' }],
    ['a target with more than is known here', {}, { SqsParameters: { MessageGroupId: 'a' } }],
    ['a role that is none', {}, { RoleArn: 'arn:aws:iam::000000000000:role/none' }],
  ])('with %s is refused', (_, properties, more) => {
    expect(() => scheduleWith(properties, more)).toThrow(
      expect.objectContaining({ code: 'SCHEDULER_SCHEDULE' }),
    )
  })

  it.each<readonly [string, Json, Json]>([
    ['a window', { FlexibleTimeWindow: undefined }, {}],
    ['the mode of its window', { FlexibleTimeWindow: {} }, {}],
    ['a role', {}, { RoleArn: undefined }],
    ['a target', { Target: undefined }, {}],
    ['an expression', { ScheduleExpression: undefined }, {}],
  ])('without %s is refused', (_, properties, more) => {
    expect(() => scheduleWith(properties, more)).toThrow(AwsFault)
  })

  it.each([
    ['attempts', { MaximumRetryAttempts: 186 }],
    ['age', { MaximumEventAgeInSeconds: 59 }],
  ])('with more or fewer of %s than there are is refused', (_, RetryPolicy) => {
    expect(() => scheduleWith({}, { RetryPolicy })).toThrow(AwsFault)
  })

  it('is refused where its role does not trust Scheduler, or trusts it for another source', () => {
    const group = 'arn:aws:scheduler:us-east-1:000000000000:schedule-group'
    const scheduler = { Service: 'scheduler.amazonaws.com' }
    const from = (name: string) => ({ Condition: { ArnEquals: { 'aws:SourceArn': `${group}/${name}` } } })
    for (const role of [roleFor({ Service: 'lambda.amazonaws.com' }), roleFor(scheduler, from('other'))])
      expect(() => scheduleWith({}, {}, role)).toThrow(
        expect.objectContaining({ code: 'IAM_ROLE_UNTRUSTED' }),
      )
    expect(scheduleWith({}, {}, roleFor(scheduler, from('default')))?.role).toBe('Role')
  })

  it('that is disabled never comes, and is checked all the same', () => {
    expect(scheduleWith({ State: 'DISABLED' })).toBeUndefined()
    expect(() => scheduleWith({ State: 'DISABLED', ScheduleExpression: 'often' })).toThrow('got often')
  })
})

interface Sent {
  readonly arn: string
  readonly body: unknown
  readonly caller: Caller
  readonly attributes: Json | undefined
}

/** Scheduler on a directory, with what it sent. */
async function opened(
  path: string,
  schedule: Schedule | undefined,
  { refuse, ...options }: Partial<SchedulerOptions> & { readonly refuse?: (arn: string) => void } = {},
) {
  const sent: Sent[] = []
  const waiting: (() => void)[] = []
  const service = await createScheduler({
    path: join(path, 'scheduler.jsonl'),
    oncePath: join(path, 'schedules.jsonl'),
    log: () => undefined,
    async send(arn, body, caller, attributes) {
      refuse?.(arn)
      sent.push({ arn, body: JSON.parse(body), caller, attributes })
      for (const wake of waiting.splice(0)) wake()
    },
    ...options,
  })
  if (schedule) await service.create(schedule)
  service.start()
  return {
    sent,
    /** Resolves when so many were sent. */
    async until(count: number) {
      while (sent.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
    },
    [Symbol.asyncDispose]: () => service.close(),
  }
}

describe('the clock', () => {
  let directory: Awaited<ReturnType<typeof scratch>>
  beforeEach(async () => {
    directory = await scratch()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.UTC(2026, 0, 31, 12) })
  })
  afterEach(async () => {
    vi.useRealTimers()
    await directory.remove()
  })

  it('begins a rate at once and goes on each interval, as the role, in the words of Scheduler', async () => {
    await using running = await opened(directory.path, scheduleWith())
    vi.advanceTimersByTime(0)
    await running.until(1)
    const arn = 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/Small-Minute'
    expect(running.sent).toEqual([
      {
        arn: target,
        attributes: undefined,
        caller: { kind: 'role', role: 'Role' },
        body: expect.objectContaining({
          source: 'aws.scheduler',
          'detail-type': 'Scheduled Event',
          time: '2026-01-31T12:00:00Z',
          resources: [arn],
          detail: '{}',
        }),
      },
    ])
    vi.advanceTimersByTime(180_000)
    await running.until(4)
    const times = running.sent.map(({ body }) => (body as Json)['time'])
    expect(times).toEqual([0, 1, 2, 3].map((minute) => `2026-01-31T12:0${minute}:00Z`))
  })

  it('comes later in a flexible window, and tells the input what it was meant for', async () => {
    const schedule = scheduleWith(
      { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 10 }, Name: 'late' },
      { Input: '{"due":"<aws.scheduler.scheduled-time>","by":"<aws.scheduler.schedule-arn>"}' },
    )
    await using running = await opened(directory.path, schedule, { random: () => 0.5 })
    vi.advanceTimersByTime(299_999)
    expect(running.sent).toEqual([])
    vi.advanceTimersByTime(1)
    await running.until(1)
    expect(running.sent[0]?.body).toEqual({
      due: '2026-01-31T12:00:00Z',
      by: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/late',
    })
  })

  it('comes once for a time, however far off, and not again after a restart', async () => {
    const schedule = scheduleWith({ ScheduleExpression: 'at(2026-04-01T00:00:00)' })
    {
      await using running = await opened(directory.path, schedule)
      vi.setSystemTime(Date.UTC(2026, 2, 31, 23, 59, 59))
      vi.advanceTimersByTime(2 ** 31)
      await running.until(1)
    }
    await using again = await opened(directory.path, schedule)
    vi.advanceTimersByTime(86_400_000)
    expect(again.sent).toEqual([])
  })

  it('makes up for a time that passed while it was down, not for one that had passed when it was made', async () => {
    const schedule = scheduleWith({ ScheduleExpression: 'at(2026-01-31T12:30:00)' })
    {
      await using _ = await opened(directory.path, schedule)
    }
    vi.setSystemTime(Date.UTC(2026, 0, 31, 13))
    await using running = await opened(directory.path, schedule)
    vi.advanceTimersByTime(0)
    await running.until(1)
    const other = await scratch()
    {
      await using late = await opened(other.path, schedule)
      vi.advanceTimersByTime(86_400_000)
      expect(late.sent).toEqual([])
    }
    await other.remove()
  })

  it.each([
    [new AwsFault('AccessDenied', 'no', 403), 'AccessDenied', undefined],
    [
      new AwsFault('TooManyRequestsException', 'later', 429),
      'TooManyRequestsException',
      'MaximumRetryAttempts',
    ],
    [new Error('broken'), 'AWS.Scheduler.InternalServerError', 'MaximumRetryAttempts'],
  ])('puts what %s ends into the dead letters, with the reason', async (error, code, condition) => {
    const schedule = scheduleWith(
      {},
      { DeadLetterConfig: { Arn: dead }, RetryPolicy: { MaximumRetryAttempts: 0 }, Input: '{"a":1}' },
    )
    const refuse = (arn: string): void => {
      if (arn !== dead) throw error
    }
    await using running = await opened(directory.path, schedule, { refuse })
    vi.advanceTimersByTime(0)
    await running.until(1)
    expect(running.sent).toEqual([
      {
        arn: dead,
        body: { a: 1 },
        caller: { kind: 'role', role: 'Role' },
        attributes: {
          SCHEDULE_ARN: expect.stringMatching(/:schedule\/default\/Small-Minute$/),
          TARGET_ARN: 'arn:aws:scheduler:::aws-sdk:lambda:invoke',
          SCHEDULED_TIME: '2026-01-31T12:00:00Z',
          EXECUTION_ID: expect.stringMatching(/^[0-9a-f]{16}$/),
          ERROR_CODE: code,
          ERROR_MESSAGE: error.message,
          IS_PAYLOAD_TRUNCATED: 'false',
          RETRY_ATTEMPTS: '0',
          ...(condition !== undefined && { EXHAUSTED_RETRY_CONDITION: condition }),
        },
      },
    ])
  })
})
