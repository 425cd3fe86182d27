/** How a function is invoked by the clock, in AWS' terms: as a role that may do nothing else, and no failure is lost. */
import { App, Duration, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { expect, it } from 'vitest'
import type { HouseFunction } from '../../lib/platform/constructs/function.construct.ts'
import { type ScheduleOptions, scheduled } from '../../lib/platform/constructs/schedule.construct.ts'
import { at, type CloudTemplate, list, named, ofType, refs } from './template.ts'

function made(options: ScheduleOptions) {
  const stack = new Stack(new App(), 'Small')
  const worker = new LambdaFunction(stack, 'Turn', {
    code: Code.fromInline('-'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
  })
  const { watch } = scheduled(worker as unknown as HouseFunction, options)
  const template = Template.fromStack(stack).toJSON() as CloudTemplate
  const [schedule] = ofType(template, 'AWS::Scheduler::Schedule')
  return { stack, template, watch, schedule, target: at(schedule?.properties, 'Target') }
}

const description = 'Turns'

it.each([
  [1, 'rate(1 minute)'],
  [5, 'rate(5 minutes)'],
  [120, 'rate(120 minutes)'],
])('a schedule of every %s minutes says %s, and when it comes nothing else may', (minutes, expression) => {
  const { schedule } = made({ every: Duration.minutes(minutes), description })
  expect(schedule?.properties).toMatchObject({
    ScheduleExpression: expression,
    FlexibleTimeWindow: { Mode: 'OFF' },
  })
})

it('its role invokes that one function and writes to its dead letters, for schedules of this account alone', () => {
  const { template, target } = made({ every: Duration.minutes(1), description, input: { everything: true } })
  const role = named(template, 'AWS::IAM::Role', at(target, 'RoleArn'))
  const [trust, ...others] = list(at(role?.properties, 'AssumeRolePolicyDocument', 'Statement'))
  expect(others).toEqual([])
  expect(at(trust, 'Principal')).toEqual({ Service: 'scheduler.amazonaws.com' })
  expect(Object.keys(Object(at(trust, 'Condition', 'StringEquals')))).toEqual([
    'aws:SourceAccount',
    'aws:SourceArn',
  ])
  const may = ofType(template, 'AWS::IAM::Policy')
    .filter(({ properties }) => refs(at(properties, 'Roles')).includes(role?.id ?? ''))
    .flatMap(({ properties }) => list(at(properties, 'PolicyDocument', 'Statement')))
    .map((statement) => [at(statement, 'Action'), refs(at(statement, 'Resource'))])
  const queue = named(template, 'AWS::SQS::Queue', at(target, 'DeadLetterConfig', 'Arn'))
  expect(may).toEqual([
    ['lambda:InvokeFunction', refs(at(target, 'Arn'))],
    ['sqs:SendMessage', [queue?.id]],
  ])
  expect(at(target, 'Input')).toBe('{"everything":true}')
})

it('a turn that does not reach the function, or that it fails, lies in one queue, which wakes someone', () => {
  const { stack, template, target, watch } = made({ every: Duration.minutes(1), description })
  const queue = named(template, 'AWS::SQS::Queue', at(target, 'DeadLetterConfig', 'Arn'))
  expect(at(target, 'RetryPolicy')).toEqual({ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 3 })
  const [invoke] = ofType(template, 'AWS::Lambda::EventInvokeConfig')
  expect(at(invoke?.properties, 'MaximumRetryAttempts')).toBe(0)
  const failure = at(invoke?.properties, 'DestinationConfig', 'OnFailure', 'Destination')
  expect(named(template, 'AWS::SQS::Queue', failure)?.id).toBe(queue?.id)
  expect(watch).toMatchObject({ id: 'TurnFailed', wrong: { above: 0 } })
  expect(JSON.stringify(stack.resolve(watch.metric.toMetricConfig().metricStat?.dimensions))).toContain(
    String(queue?.id),
  )
})

it('begins when its role may do what it is for', () => {
  const { template, target } = made({ every: Duration.minutes(1), description })
  const [id = ''] = Object.entries(template.Resources).flatMap(([name, { Type }]) =>
    Type === 'AWS::Scheduler::Schedule' ? [name] : [],
  )
  const policies = ofType(template, 'AWS::IAM::Policy').filter(({ properties }) =>
    refs(at(properties, 'Roles')).some((role) => refs(at(target, 'RoleArn')).includes(role)),
  )
  expect(list(at(template.Resources[id], 'DependsOn'))).toEqual(
    expect.arrayContaining(policies.map((policy) => policy.id)),
  )
})
