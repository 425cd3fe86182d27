import { expect, it } from 'vitest'
import { createIam } from '../../../local/iam/index.ts'
import type { JsonRecord } from '../../../local/json-input.ts'
import type { Caller } from '../../../local/service.ts'
import { loadTemplate, parseDocument } from '../../../local/template/index.ts'

const role: Caller = { kind: 'role', role: 'Role' }
const endpoints = { aws: 'http://127.0.0.1:1', cdn: 'http://127.0.0.1:2', httpApis: ['http://127.0.0.1:3'] }
const lambda = 'arn:aws:lambda:us-east-1:000000000000:function:S-Work'
const att = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })
const trust = (Service: string) => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' },
})
const resources = {
  Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust('lambda.amazonaws.com') } },
  Work: { Type: 'AWS::Lambda::Function', Properties: { Role: att('Role') } },
}

function iam(more: JsonRecord = {}, nowMs = () => Date.parse('2026-06-01T00:00:00Z')) {
  const document = parseDocument({ Resources: { ...resources, ...more } })
  return createIam(
    loadTemplate([{ name: 'S', region: 'us-east-1', document, assets: new Map() }], endpoints),
    { nowMs },
  )
}

const allowed = (
  rules: ReturnType<typeof iam>,
  ...question: Parameters<ReturnType<typeof iam>['authorize']>
) => {
  try {
    rules.authorize(...question)
    return true
  } catch {
    return false
  }
}

it('refuses in the words of AWS, with status 403', () => {
  expect(() => iam().authorize(role, 's3:GetObject', 'arn:aws:s3:::films/a')).toThrow(
    expect.objectContaining({
      code: 'AccessDenied',
      status: 403,
      message:
        'User: arn:aws:sts::000000000000:assumed-role/S-Role/S-Work is not authorized to perform: s3:GetObject on resource: ' +
        '"arn:aws:s3:::films/a" because no identity-based policy allows the s3:GetObject action',
    }),
  )
})

it('never asks the person', () => {
  expect(allowed(iam(), { kind: 'person' }, 's3:DeleteBucket', 'arn:aws:s3:::films')).toBe(true)
})

const may = (Action: string) => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action, Resource: '*' },
})

it('gathers inline, attached, own managed and AWS-managed policies', () => {
  const rules = iam({
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
        Policies: [{ PolicyName: 'inline', PolicyDocument: may('sqs:SendMessage') }],
        ManagedPolicyArns: [
          { Ref: 'Own' },
          { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole' },
          'arn:aws:iam::aws:policy/AdministratorAccess',
        ],
      },
    },
    Attached: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'a', Roles: [{ Ref: 'Role' }], PolicyDocument: may('kinesis:PutRecord') },
    },
    Own: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: may('events:PutEvents') } },
  })
  const actions = [
    'sqs:SendMessage',
    'kinesis:PutRecord',
    'events:PutEvents',
    'logs:PutLogEvents',
    's3:GetObject',
  ]
  expect(actions.map((action) => allowed(rules, role, action, 'arn:aws:x:::y'))).toEqual([
    true,
    true,
    true,
    true,
    false,
  ])
  expect(rules.unknownManaged).toEqual(['arn:aws:iam::aws:policy/AdministratorAccess'])
})

const from = (principal: string, sourceArn: string): Caller => ({ kind: 'service', principal, sourceArn })

it('makes a Lambda permission hold for its principal, source and kind of URL, and for versions too', () => {
  const rules = iam({
    FromBucket: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: att('Work'),
        Action: 'lambda:InvokeFunction',
        Principal: 's3.amazonaws.com',
        SourceArn: 'arn:aws:s3:::films',
      },
    },
    Open: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Work' },
        Action: 'lambda:InvokeFunctionUrl',
        Principal: '*',
        FunctionUrlAuthType: 'NONE',
      },
    },
  })
  const invoke = (caller: Caller, arn = lambda) => allowed(rules, caller, 'lambda:InvokeFunction', arn)
  expect(invoke(from('s3.amazonaws.com', 'arn:aws:s3:::films'))).toBe(true)
  expect(invoke(from('s3.amazonaws.com', 'arn:aws:s3:::films'), `${lambda}:1`)).toBe(true)
  expect(invoke(from('s3.amazonaws.com', 'arn:aws:s3:::other'))).toBe(false)
  expect(invoke(from('sns.amazonaws.com', 'arn:aws:s3:::films'))).toBe(false)
  const url = (type: string) =>
    allowed(rules, { kind: 'anonymous' }, 'lambda:InvokeFunctionUrl', lambda, {
      'lambda:functionurlauthtype': type,
    })
  expect([url('NONE'), url('AWS_IAM')]).toEqual([true, false])
})

it('takes loopback for secure transport, so that TLS-only buckets open', () => {
  const rules = iam({
    Grant: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'g',
        Roles: [{ Ref: 'Role' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
        },
      },
    },
    Films: { Type: 'AWS::S3::Bucket' },
    TlsOnly: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'Films' },
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:*',
              Resource: '*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:*',
              Resource: '*',
              Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } },
            },
          ],
        },
      },
    },
  })
  expect(allowed(rules, role, 's3:GetObject', 'arn:aws:s3:::s-films/a')).toBe(true)
})

it('remembers nothing that time can change', () => {
  let now = Date.parse('2026-06-01T00:00:00Z')
  const rules = iam(
    {
      Until: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'u',
          Roles: [{ Ref: 'Role' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: {
              Effect: 'Allow',
              Action: 's3:*',
              Resource: '*',
              Condition: { DateLessThan: { 'aws:CurrentTime': '2026-07-01T00:00:00Z' } },
            },
          },
        },
      },
    },
    () => now,
  )
  expect(allowed(rules, role, 's3:GetObject', 'arn:aws:s3:::films/a')).toBe(true)
  now = Date.parse('2026-08-01T00:00:00Z')
  expect(allowed(rules, role, 's3:GetObject', 'arn:aws:s3:::films/a')).toBe(false)
})

it('knows by the trust policy what may run under a role', () => {
  expect(() => iam().assertAssumable('Role', 'lambda.amazonaws.com')).not.toThrow()
  expect(() => iam().assertAssumable('Role', 'edgelambda.amazonaws.com')).toThrow(
    expect.objectContaining({ code: 'IAM_ROLE_UNTRUSTED' }),
  )
})
