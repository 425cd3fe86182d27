/** How a room hears of events, in AWS' terms: no event is lost on its way, and nobody else may send. */
import { App, Duration, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { EventBus } from 'aws-cdk-lib/aws-events'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { expect, it } from 'vitest'
import type { HouseFunction } from '../../lib/platform/constructs/function.construct.ts'
import { subscriber } from '../../lib/platform/constructs/subscriber.construct.ts'
import { roomEvents } from '../../scripts/event-docs.ts'
import { headend, templateOf } from './synth.ts'
import { at, type CloudTemplate, list, named, ofType, refs } from './template.ts'

const stack = new Stack(new App(), 'Small')
const worker = new LambdaFunction(stack, 'Seen', {
  code: Code.fromInline('-'),
  handler: 'index.handler',
  runtime: Runtime.NODEJS_24_X,
})
const bus = EventBus.fromEventBusName(stack, 'Bus', 'Headend-us-east-1')
const { watch } = subscriber(worker as unknown as HouseFunction, {
  bus,
  source: 'headend.assets',
  events: ['AssetReady'],
  timeout: Duration.seconds(30),
  attempts: 5,
  maxConcurrency: 2,
})
const template = Template.fromStack(stack).toJSON() as CloudTemplate
const [rule] = ofType(template, 'AWS::Events::Rule')
const [target] = list(at(rule?.properties, 'Targets'))
const queueOf = (value: unknown) => named(template, 'AWS::SQS::Queue', value)

it('a subscriber hears of its source and events alone, on the bus it is given', () => {
  expect(at(rule?.properties, 'EventPattern')).toEqual({
    source: ['headend.assets'],
    'detail-type': ['AssetReady'],
  })
  expect(at(rule?.properties, 'EventBusName')).toBe('Headend-us-east-1')
})

it('what its rule can not deliver and what its function gives up lies in the same dead letters, and wakes someone', () => {
  const queue = queueOf(at(target, 'Arn'))
  const deadLetters = queueOf(at(target, 'DeadLetterConfig', 'Arn'))
  expect(at(target, 'RetryPolicy')).toEqual({ MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 })
  const redrive = at(queue?.properties, 'RedrivePolicy')
  expect([queueOf(at(redrive, 'deadLetterTargetArn'))?.id, at(redrive, 'maxReceiveCount')]).toEqual([
    deadLetters?.id,
    5,
  ])
  const [mapping] = ofType(template, 'AWS::Lambda::EventSourceMapping')
  expect(queueOf(at(mapping?.properties, 'EventSourceArn'))?.id).toBe(queue?.id)
  expect(watch).toMatchObject({ id: 'SeenDeadLetters', wrong: { above: 0 } })
  expect(JSON.stringify(stack.resolve(watch.metric.toMetricConfig().metricStat?.dimensions))).toContain(
    String(deadLetters?.id),
  )
})

it('both queues take messages of EventBridge for that one rule, under a key for which it needs no grant', () => {
  const allowed = ofType(template, 'AWS::SQS::QueuePolicy')
    .flatMap(({ properties }) => list(at(properties, 'PolicyDocument', 'Statement')))
    .filter((statement) => at(statement, 'Effect') === 'Allow')
  expect(allowed).toHaveLength(2)
  for (const statement of allowed) {
    expect(at(statement, 'Principal', 'Service')).toBe('events.amazonaws.com')
    expect(refs(at(statement, 'Condition', 'ArnEquals', 'aws:SourceArn'))).toEqual([rule?.id])
  }
  for (const { properties } of ofType(template, 'AWS::SQS::Queue'))
    expect([at(properties, 'SqsManagedSseEnabled'), at(properties, 'KmsMasterKeyId')]).toEqual([
      true,
      undefined,
    ])
})

it('rules on the bus of a headend name events that rooms define', () => {
  const whole = templateOf(headend().stacks)
  const buses = ofType(whole, 'AWS::Events::EventBus').map(({ id }) => id)
  expect(buses).toHaveLength(1)
  const known = roomEvents.map(({ source, name }) => `${source} ${name}`)
  for (const { properties } of ofType(whole, 'AWS::Events::Rule')) {
    if (!refs(at(properties, 'EventBusName')).some((id) => buses.includes(id))) continue
    for (const source of list(at(properties, 'EventPattern', 'source')))
      for (const name of list(at(properties, 'EventPattern', 'detail-type')))
        expect(known).toContain(`${String(source)} ${String(name)}`)
  }
})

it('the bus is called as its stack, and has no policy that lets others in', () => {
  const whole = templateOf(headend({ region: 'eu-north-1', stage: 'test' }).stacks)
  const [one] = ofType(whole, 'AWS::Events::EventBus')
  expect(at(one?.properties, 'Name')).toBe('Headend-test-eu-north-1')
  expect(at(one?.properties, 'Policy')).toBeUndefined()
  expect(ofType(whole, 'AWS::Events::EventBusPolicy')).toEqual([])
})
