/** Schedules of a template run with the cloud, and do what their roles let them. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import { startCloud } from '../../../local/cloud.ts'
import { scratch, writeAssembly } from '../cloud/small-stack.ts'

type Json = Readonly<Record<string, unknown>>

const att = (id: string): Json => ({ 'Fn::GetAtt': [id, 'Arn'] })

const role = (...statements: readonly Json[]): Json => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    },
    Policies: [
      {
        PolicyName: 'p',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
        },
      },
    ],
  },
})

const maySend = { Action: 'sqs:SendMessage', Resource: att('Dead') }

const schedule = (roleId: string): Json => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    ScheduleExpression: 'rate(1 hour)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: att('Told'),
      RoleArn: att(roleId),
      Input: JSON.stringify({ id: roleId }),
      DeadLetterConfig: { Arn: att('Dead') },
    },
  },
})

it('invokes the function as a role that may, and gives the dead letters what another role may not', async () => {
  await using directory = await scratch()
  const also = {
    Dead: { Type: 'AWS::SQS::Queue' },
    Told: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { ZipFile: 'exports.handler = async ({ id }) => console.log("told by", id)' },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: att('CopyRole'),
      },
    },
    May: role({ Action: 'lambda:InvokeFunction', Resource: att('Told') }),
    MayNot: role(maySend, { Action: 'lambda:InvokeFunction', Resource: att('Copy') }),
    Tells: schedule('May'),
    Refused: schedule('MayNot'),
  }
  const lines: string[] = []
  const cloud = await startCloud({
    assemblyDir: await writeAssembly(join(directory.path, 'assembly'), { also }),
    dataDir: join(directory.path, 'data'),
    port: 0,
    say: () => undefined,
    log: ({ message }) => void lines.push(message),
  })
  await using _ = { [Symbol.asyncDispose]: () => cloud.close() }
  while (cloud.functions()['Small-Told']?.invocations !== 1) await wait(20)
  const endpoint = String(cloud.outputs['AwsEndpoint'])
  const sqs = new SQSClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'mine', secretAccessKey: 'mine' },
  })
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: `${endpoint}/000000000000/Small-Dead`,
      WaitTimeSeconds: 20,
      MessageAttributeNames: ['All'],
    }),
  )
  expect(
    Messages.map(({ Body, MessageAttributes: { ERROR_CODE, ERROR_MESSAGE } = {} }) => [
      Body,
      ERROR_CODE?.StringValue,
      ERROR_MESSAGE?.StringValue,
    ]),
  ).toEqual([['{"id":"MayNot"}', 'AccessDenied', expect.stringContaining('lambda:InvokeFunction')]])
  expect(cloud.functions()).toMatchObject({ 'Small-Told': { invocations: 1, errors: 0 } })
})
