/** Events put on a bus reach the targets of the rules that match them, at least once, and nobody else. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { startCloud } from '../../../local/cloud.ts'
import { createEvents, type EventsOptions } from '../../../local/events/events.ts'
import { ruleOf } from '../../../local/events/rules.ts'
import { createIam } from '../../../local/iam/index.ts'
import type { LogLine } from '../../../local/lambda/index.ts'
import { AwsFault, type Caller } from '../../../local/service.ts'
import { loadTemplate, parseDocument } from '../../../local/template/index.ts'
import { scratch as assemblyScratch, writeAssembly } from '../cloud/small-stack.ts'
import { allow, scratch, serve } from '../serve.ts'

type Json = Readonly<Record<string, unknown>>

const queue = 'arn:aws:sqs:us-east-1:000000000000:heard'
const dead = 'arn:aws:sqs:us-east-1:000000000000:dead'
const pattern = { source: ['assets'], 'detail-type': ['AssetReady'], detail: { id: [{ prefix: 'vod/' }] } }
const ready = {
  Source: 'assets',
  DetailType: 'AssetReady',
  Detail: '{"id":"vod/film"}',
  EventBusName: 'rooms',
}

function templateOf(resources: Json) {
  const document = parseDocument({ Resources: resources })
  return loadTemplate([{ name: 'Small', region: 'us-east-1', document, assets: new Map() }], {
    aws: 'http://127.0.0.1:1',
    cdn: 'http://127.0.0.1:2',
    httpApis: [],
  })
}

const resourcesOf = (rule: Json = {}, target: Json = {}): Json => ({
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'rooms' } },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventBusName: { Ref: 'Bus' },
      EventPattern: pattern,
      Targets: [{ Id: 't', Arn: queue, ...target }],
      ...rule,
    },
  },
})

function ruleWith(rule: Json = {}, target: Json = {}) {
  const resource = templateOf(resourcesOf(rule, target)).resources.get('Rule')
  if (resource === undefined) throw new Error('no rule')
  return ruleOf(resource)
}

interface Sent {
  readonly arn: string
  readonly body: Json
  readonly caller: Caller
  readonly attributes: Json | undefined
}

/** A service with one rule, what it sent, and how to ask it over the wire. */
async function opened({
  target = {},
  caller,
  ...options
}: Partial<EventsOptions> & {
  readonly target?: Json
  readonly caller?: Caller
  readonly refuse?: (arn: string) => void
} = {}) {
  const directory = options.path === undefined ? await scratch() : undefined
  const sent: Sent[] = []
  const lines: LogLine[] = []
  const waiting: (() => void)[] = []
  const service = await createEvents({
    path: join(directory?.path ?? '', 'events.jsonl'),
    authorize: allow,
    log: (line) => void lines.push(line),
    firstRetryMs: 1,
    async send(arn, body, from, attributes) {
      options.refuse?.(arn)
      sent.push({ arn, body: JSON.parse(body), caller: from, attributes })
      for (const wake of waiting.splice(0)) wake()
    },
    ...options,
  })
  service.createBus('rooms')
  const rule = ruleWith({}, target)
  if (rule !== undefined) service.createRule(rule)
  const served = await serve(service, caller)
  return {
    service,
    sent,
    lines,
    async put(...entries: readonly Json[]) {
      const response = await fetch(served.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
        body: JSON.stringify({ Entries: entries }),
      })
      return { status: response.status, body: (await response.json()) as Json }
    },
    /** Resolves when so many were sent. */
    async until(count: number) {
      while (sent.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
    },
    async [Symbol.asyncDispose]() {
      await served.close()
      await service.close()
      await directory?.remove()
    },
  }
}

describe('PutEvents', () => {
  it('hands an event that a rule matches to its target, in the form EventBridge gives it, as the rule', async () => {
    await using bus = await opened({ now: () => Date.UTC(2026, 0, 31, 1, 2, 3, 456) })
    const { body } = await bus.put({ ...ready, Resources: ['film'] })
    await bus.until(1)
    const [answer] = body['Entries'] as readonly Json[]
    expect(body).toEqual({
      FailedEntryCount: 0,
      Entries: [{ EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
    })
    expect(bus.sent).toEqual([
      {
        arn: queue,
        attributes: undefined,
        caller: {
          kind: 'service',
          principal: 'events.amazonaws.com',
          sourceArn: 'arn:aws:events:us-east-1:000000000000:rule/rooms/Small-Rule',
        },
        body: {
          version: '0',
          id: answer?.['EventId'],
          'detail-type': 'AssetReady',
          source: 'assets',
          account: '000000000000',
          time: '2026-01-31T01:02:03Z',
          region: 'us-east-1',
          resources: ['film'],
          detail: { id: 'vod/film' },
        },
      },
    ])
  })

  it('hands on nothing that no rule of its bus matches, and drops what is for a bus that is not there', async () => {
    await using bus = await opened()
    const others = [
      { ...ready, Source: 'rights' },
      { ...ready, Detail: '{"id":"live/one"}' },
      { ...ready, EventBusName: 'default' },
      { ...ready, EventBusName: 'elsewhere' },
    ]
    const { body } = await bus.put(...others, ready)
    expect(body).toMatchObject({
      FailedEntryCount: 0,
      Entries: [...others, ready].map(() => ({ EventId: expect.any(String) })),
    })
    await bus.until(1)
    expect(bus.sent.map(({ body: event }) => event['detail'])).toEqual([{ id: 'vod/film' }])
    expect(bus.lines.map(({ message }) => message)).toEqual([expect.stringContaining('bus elsewhere')])
  })

  it('takes the entries that are right and says of each other one why it failed', async () => {
    await using bus = await opened()
    const { status, body } = await bus.put(
      { ...ready, Detail: '[1]' },
      ready,
      { ...ready, DetailType: '' },
      { ...ready, Source: 'aws.s3' },
      { ...ready, Time: 1e300 },
    )
    expect([status, body]).toEqual([
      200,
      {
        FailedEntryCount: 4,
        Entries: [
          { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
          { EventId: expect.any(String) },
          { ErrorCode: 'InvalidArgument', ErrorMessage: expect.stringContaining('DetailType is a required') },
          { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
          { ErrorCode: 'InvalidArgument', ErrorMessage: 'Parameter Time is not valid.' },
        ],
      },
    ])
    await bus.until(1)
    expect(bus.sent).toHaveLength(1)
  })

  it.each([
    ['none', []],
    ['eleven', Array.from({ length: 11 }, () => ready)],
    [
      'more than a mebibyte of',
      [0, 1].map(() => ({ ...ready, Detail: JSON.stringify({ id: 'x'.repeat(524_288) }) })),
    ],
  ])('refuses a request of %s entries', async (_, entries) => {
    await using bus = await opened()
    const { status, body } = await bus.put(...entries)
    expect([status, body['__type']]).toEqual([400, 'ValidationException'])
    expect(bus.sent).toEqual([])
  })

  it('refuses whom no policy lets put events on that bus', async () => {
    const template = templateOf({
      ...resourcesOf(),
      May: {
        Type: 'AWS::IAM::Role',
        Properties: roleWith({ Action: 'events:PutEvents', Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] } }),
      },
      MayNot: {
        Type: 'AWS::IAM::Role',
        Properties: roleWith({
          Action: 'events:PutEvents',
          Resource: '*',
          Condition: { StringEquals: { 'events:source': 'rights' } },
        }),
      },
    })
    const { authorize } = createIam(template, { nowMs: () => 0 })
    const answers = []
    for (const [role, entry] of [
      ['May', ready],
      ['May', { ...ready, EventBusName: 'default' }],
      ['MayNot', ready],
      ['MayNot', { ...ready, Source: 'rights' }],
    ] as const) {
      await using bus = await opened({ authorize, caller: { kind: 'role', role } })
      const { status, body } = await bus.put(entry)
      answers.push([status, body['__type']])
    }
    expect(answers).toEqual([
      [200, undefined],
      [400, 'AccessDeniedException'],
      [400, 'AccessDeniedException'],
      [200, undefined],
    ])
  })
})

const roleWith = (statement: Json): Json => ({
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  },
  Policies: [
    {
      PolicyName: 'p',
      PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] },
    },
  ],
})

describe('a target', () => {
  const withDeadLetters = (attempts: number): Json => ({
    DeadLetterConfig: { Arn: dead },
    RetryPolicy: { MaximumRetryAttempts: attempts, MaximumEventAgeInSeconds: 60 },
  })

  it('that fails is asked again until it takes the event', async () => {
    let failures = 3
    await using bus = await opened({
      refuse: () => {
        if (failures-- > 0) throw new AwsFault('ServiceUnavailable', 'later', 503)
      },
    })
    await bus.put(ready)
    await bus.until(1)
    expect([failures, bus.sent[0]?.arn]).toEqual([-1, queue])
  })

  it('that fails too often has its event in the dead-letter queue, with the reason', async () => {
    let asked = 0
    await using bus = await opened({
      target: withDeadLetters(2),
      refuse: (arn) => {
        if (arn === dead) return
        asked++
        throw new AwsFault('TooManyRequestsException', 'Rate Exceeded.', 429)
      },
    })
    await bus.put(ready)
    await bus.until(1)
    expect(asked).toBe(3)
    expect(bus.sent[0]).toMatchObject({
      arn: dead,
      body: { detail: { id: 'vod/film' } },
      attributes: {
        RULE_ARN: expect.stringContaining(':rule/rooms/'),
        TARGET_ARN: queue,
        ERROR_CODE: 'THROTTLING',
        ERROR_MESSAGE: 'Rate Exceeded.',
        RETRY_ATTEMPTS: '2',
        EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      },
    })
  })

  it('that fails until the event is too old has it in the dead-letter queue', async () => {
    let nowMs = 0
    await using bus = await opened({
      target: withDeadLetters(185),
      now: () => nowMs,
      refuse: (arn) => {
        if (arn === dead) return
        nowMs += 25_000
        throw new AwsFault('ServiceUnavailable', 'later', 503)
      },
    })
    await bus.put(ready)
    await bus.until(1)
    expect([nowMs, bus.sent[0]?.attributes]).toEqual([
      75_000,
      expect.objectContaining({ EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds', RETRY_ATTEMPTS: '2' }),
    ])
  })

  it('that does not permit the rule is asked once', async () => {
    let asked = 0
    await using bus = await opened({
      target: withDeadLetters(5),
      refuse: (arn) => {
        if (arn === dead) return
        asked++
        throw new AwsFault('AccessDenied', 'no', 403)
      },
    })
    await bus.put(ready)
    await bus.until(1)
    expect([asked, bus.sent[0]?.attributes]).toEqual([
      1,
      expect.objectContaining({ ERROR_CODE: 'NO_PERMISSIONS' }),
    ])
  })

  it('gets what an earlier run accepted and did not deliver, and nothing twice without need', async () => {
    const directory = await scratch()
    const path = join(directory.path, 'events.jsonl')
    {
      await using bus = await opened({
        path,
        firstRetryMs: 60_000,
        refuse: () => {
          throw new AwsFault('ServiceUnavailable', 'later', 503)
        },
      })
      await bus.put(ready)
    }
    {
      await using bus = await opened({ path })
      bus.service.resume()
      await bus.until(1)
      expect(bus.sent.map(({ body }) => body['detail'])).toEqual([{ id: 'vod/film' }])
    }
    await using bus = await opened({ path })
    bus.service.resume()
    await bus.put({ ...ready, Detail: '{"id":"vod/second"}' })
    await bus.until(1)
    expect(bus.sent.map(({ body }) => body['detail'])).toEqual([{ id: 'vod/second' }])
    await directory.remove()
  })
})

describe('a rule', () => {
  it.each([
    [
      'an operator the matcher has not',
      { EventPattern: { detail: { id: [{ wildcard: 'a*' }] } } },
      {},
      'EVENTS_PATTERN',
    ],
    ['a value that is in no list', { EventPattern: { source: 'assets' } }, {}, 'EVENTS_PATTERN'],
    [
      'an operator of an operator',
      { EventPattern: { source: [{ prefix: { 'equals-ignore-case': 'A' } }] } },
      {},
      'EVENTS_PATTERN',
    ],
    ['a transformer of its input', {}, { InputTransformer: { InputTemplate: '"x"' } }, 'EVENTS_TARGET'],
    ['a topic', {}, { Arn: 'arn:aws:sns:us-east-1:000000000000:t' }, 'EVENTS_TARGET'],
  ])('with %s is refused', (_, rule, target, code) => {
    expect(() => ruleWith(rule, target)).toThrow(expect.objectContaining({ code }))
  })

  it.each([
    ['a list of prefixes', { prefix: ['a', 'b'] }],
    ['an empty list of prefixes it is not', { 'anything-but': { prefix: [] } }],
    ['a number it does not begin with', { 'anything-but': { prefix: ['a', 1] } }],
    ['two things it is not', { 'anything-but': { prefix: 'a', suffix: 'b' } }],
    ['two operators at once', { prefix: 'a', suffix: 'b' }],
    ['a range without an end', { numeric: ['>'] }],
    ['a comparison that is none', { numeric: ['~', 1] }],
    ['a question that is none', { exists: 'yes' }],
    ['a list in a list', ['a']],
    ['no operator', {}],
  ])('with %s is refused, which the matcher would not match as EventBridge does', (_, rule) => {
    const detail = { detail: { id: [rule] } }
    expect(() => ruleWith({ EventPattern: detail })).toThrow(
      expect.objectContaining({ code: 'EVENTS_PATTERN' }),
    )
    expect(() => ruleWith({ EventPattern: { $or: [detail, 'x'] } })).toThrow(
      expect.objectContaining({ code: 'EVENTS_PATTERN' }),
    )
  })

  it.each([
    ['a value', 'vod/film', true],
    ['a prefix', { prefix: 'vod/' }, true],
    ['a suffix in another case', { suffix: 'FILM' }, false],
    ['a text in another case', { 'equals-ignore-case': 'VOD/FILM' }, true],
    ['anything but others', { 'anything-but': ['vod/other', 1] }, true],
    ['anything but what begins as it does', { 'anything-but': { prefix: 'vod' } }, false],
    ['anything but what begins as none of a list', { 'anything-but': { prefix: ['live/', 'ads/'] } }, true],
    ['anything but what begins as one of a list', { 'anything-but': { prefix: ['live/', 'vod/'] } }, false],
    ['its presence', { exists: true }, true],
    ['its absence', { exists: false }, false],
    ['a range of numbers', { numeric: ['>', 0, '<=', 5] }, false],
  ])('asks of a field %s', (_, rule, expected) => {
    const made = ruleWith({ EventPattern: { detail: { id: [rule] } } })
    expect(made?.matches({ detail: { id: 'vod/film' } })).toBe(expected)
  })

  it('without a pattern, or disabled, matches nothing', () => {
    expect(ruleWith({ State: 'DISABLED' })).toBeUndefined()
    expect(ruleWith({ EventPattern: undefined, ScheduleExpression: 'rate(1 day)' })).toBeUndefined()
  })
})

describe('a stack with a bus', () => {
  const sqsPolicy = (queues: readonly string[], rule: string): Json => ({
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: queues.map((each) => ({ Ref: each })),
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: queues.map((each) => ({ 'Fn::GetAtt': [each, 'Arn'] })),
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [rule, 'Arn'] } } },
          },
        ],
      },
    },
  })
  const ruleTo = (name: string): Json => ({
    Type: 'AWS::Events::Rule',
    Properties: {
      EventBusName: { Ref: 'Bus' },
      EventPattern: pattern,
      Targets: [
        {
          Id: 't',
          Arn: { 'Fn::GetAtt': [name, 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
        },
      ],
    },
  })

  it('delivers to the queue and the function that let the rule, and what another queue refuses to the dead letters', async () => {
    await using directory = await assemblyScratch()
    const also = {
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'rooms' } },
      Heard: { Type: 'AWS::SQS::Queue' },
      Deaf: { Type: 'AWS::SQS::Queue' },
      Dead: { Type: 'AWS::SQS::Queue' },
      Rule: ruleTo('Heard'),
      Refused: ruleTo('Deaf'),
      Told: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { ZipFile: 'exports.handler = async ({ detail }) => console.log("told of", detail.id)' },
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: { 'Fn::GetAtt': ['CopyRole', 'Arn'] },
        },
      },
      Tells: ruleTo('Told'),
      MayTell: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: { Ref: 'Told' },
          Action: 'lambda:InvokeFunction',
          Principal: 'events.amazonaws.com',
          SourceArn: { 'Fn::GetAtt': ['Tells', 'Arn'] },
        },
      },
      HeardPolicy: sqsPolicy(['Heard'], 'Rule'),
      DeadPolicy: sqsPolicy(['Dead'], 'Refused'),
    }
    const cloud = await startCloud({
      assemblyDir: await writeAssembly(join(directory.path, 'assembly'), { also }),
      dataDir: join(directory.path, 'data'),
      port: 0,
      say: () => undefined,
      log: () => undefined,
    })
    await using _ = { [Symbol.asyncDispose]: () => cloud.close() }
    const endpoint = String(cloud.outputs['AwsEndpoint'])
    const body = JSON.stringify({ Entries: [ready] })
    const response = await fetch(endpoint, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSEvents.PutEvents',
        'x-amz-date': new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ''),
        'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
        // Any key that is no role's is the person's, whose signature is believed.
        authorization: `AWS4-HMAC-SHA256 Credential=mine/${new Date().toISOString().slice(0, 10).replaceAll('-', '')}/us-east-1/events/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
      },
    })
    expect(await response.json()).toMatchObject({ FailedEntryCount: 0 })
    const sqs = new SQSClient({
      region: 'us-east-1',
      endpoint,
      credentials: { accessKeyId: 'mine', secretAccessKey: 'mine' },
    })
    const received = async (name: string) => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: `${endpoint}/000000000000/Small-${name}`,
          WaitTimeSeconds: 20,
          MessageAttributeNames: ['All'],
        }),
      )
      return Messages.map(({ Body = '', MessageAttributes = {} }) => [
        JSON.parse(Body).detail,
        MessageAttributes['ERROR_CODE']?.StringValue,
      ])
    }
    expect(await received('Heard')).toEqual([[{ id: 'vod/film' }, undefined]])
    while (cloud.functions()['Small-Told']?.invocations !== 1) await wait(20)
    expect(cloud.functions()).toMatchObject({ 'Small-Told': { errors: 0 } })
    expect(await received('Dead')).toEqual([[{ id: 'vod/film' }, 'NO_PERMISSIONS']])
  })
})
