import { describe, expect, it } from 'vitest'
import type { JsonRecord } from '../../../local/json-input.ts'
import { countsText, loadTemplate, parseDocument, supportOf } from '../../../local/template/index.ts'

const endpoints = {
  aws: 'http://127.0.0.1:8081',
  cdn: 'http://127.0.0.1:8080',
  httpApis: ['http://127.0.0.1:8082', 'http://127.0.0.1:8083'],
}

function load(template: JsonRecord) {
  return loadTemplate(
    [{ name: 'Headend', region: 'us-east-1', document: parseDocument(template), assets: new Map() }],
    endpoints,
  )
}

it('makes what others need first, and says so when they need each other', () => {
  const resources = {
    Last: { Type: 'T::T::T', DependsOn: ['Third'] },
    Third: { Type: 'T::T::T', Properties: { Text: { 'Fn::Sub': 'x${Second.Arn}' } } },
    Second: { Type: 'T::T::T', Properties: { List: [{ Name: { 'Fn::GetAtt': ['First', 'Arn'] } }] } },
    First: { Type: 'T::T::T' },
  }
  expect([...load({ Resources: resources }).resources.keys()]).toEqual(['First', 'Second', 'Third', 'Last'])
  const circle = { ...resources, First: { Type: 'T::T::T', DependsOn: 'Last' } }
  expect(() => load({ Resources: circle })).toThrow(/Last -> Third -> Second -> First -> Last/)
})

it('gives ids in the form AWS has them, the same at every start', () => {
  const template = {
    Resources: {
      Films: { Type: 'AWS::S3::Bucket' },
      Named: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'my-films' } },
      Jobs: { Type: 'AWS::SQS::Queue' },
      Index: { Type: 'AWS::DynamoDB::GlobalTable' },
      Keys: { Type: 'AWS::SecretsManager::Secret' },
      Store: { Type: 'AWS::CloudFront::KeyValueStore', Properties: { Name: 'Sessions' } },
      Work: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Work' } } },
      Role: { Type: 'AWS::IAM::Role' },
    },
  }
  const shown = () => {
    const { resources } = load(template)
    return Object.fromEntries([...resources].map(([id, { ref }]) => [id, ref]))
  }
  expect(shown()).toEqual(shown())
  expect(shown()).toMatchObject({
    Films: 'headend-films',
    Named: 'my-films',
    Jobs: 'http://127.0.0.1:8081/000000000000/Headend-Jobs',
    Index: 'Headend-Index',
    Keys: expect.stringMatching(
      /^arn:aws:secretsmanager:us-east-1:000000000000:secret:Headend-Keys-[0-9a-f]{6}$/,
    ),
    Version: 'arn:aws:lambda:us-east-1:000000000000:function:Headend-Work:1',
  })
  const loaded = load(template)
  expect(loaded.resources.get('Store')?.attribute('Arn')).toMatch(/:key-value-store\/[0-9a-f-]{36}$/)
  expect(loaded.byArn('arn:aws:lambda:us-east-1:000000000000:function:Headend-Work:1')?.id).toBe('Work')
  expect(loaded.byArn(String(loaded.resources.get('Work')?.properties['Role']))?.id).toBe('Role')
})

it('keeps names inside the limits of their services', () => {
  const id = 'AVeryLongLogicalIdOfAFunctionDeepInsideOfSomeConstructTree1A2B3C4D'
  const loaded = load({
    Resources: { [id]: { Type: 'AWS::Lambda::Function' }, [`${id}B`]: { Type: 'AWS::S3::Bucket' } },
  })
  const lengths = [...loaded.resources.values()].map(({ name }) => name.length)
  expect(lengths).toEqual([64, 63])
})

it('gives programs and pages the local address of every front door, and leaves bare hosts alone', () => {
  const loaded = load({
    Resources: {
      Films: { Type: 'AWS::S3::Bucket' },
      Cdn: {
        Type: 'AWS::CloudFront::Distribution',
        Properties: {
          Origin: { 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['Url', 'FunctionUrl'] }] }] },
          Csp: {
            'Fn::Join': ['', ['connect-src https://', { 'Fn::GetAtt': ['Films', 'RegionalDomainName'] }]],
          },
        },
      },
      Api: { Type: 'AWS::ApiGatewayV2::Api' },
      AnotherApi: { Type: 'AWS::ApiGatewayV2::Api' },
      Url: { Type: 'AWS::Lambda::Url', Properties: { TargetFunctionArn: 'arn' } },
    },
    Outputs: {
      PlaybackUrl: { Value: { 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': ['Cdn', 'DomainName'] }]] } },
      Socket: { Value: { 'Fn::Sub': 'wss://${Cdn.DomainName}/live/' } },
      ApiUrl: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } },
      AnotherUrl: { Value: { 'Fn::GetAtt': ['AnotherApi', 'ApiEndpoint'] } },
      SegmentUrl: { Value: { 'Fn::GetAtt': ['Url', 'FunctionUrl'] } },
      Foreign: { Value: 'https://example.com/' },
      Never: { Condition: 'No', Value: 'x' },
    },
    Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
  })
  expect(loaded.outputs()).toEqual({
    PlaybackUrl: 'http://127.0.0.1:8080',
    Socket: 'ws://127.0.0.1:8080/live',
    ApiUrl: 'http://127.0.0.1:8083',
    AnotherUrl: 'http://127.0.0.1:8082',
    SegmentUrl: 'http://127.0.0.1:8081/_aws/lambda-url/Url',
    Foreign: 'https://example.com',
  })
  const { properties } = loaded.resources.get('Cdn') ?? {}
  expect(properties?.['Origin']).toMatch(/^[0-9a-f]{32}\.lambda-url\.us-east-1\.on\.aws$/)
  expect(properties?.['Csp']).toBe('connect-src http://127.0.0.1:8081/headend-films')
})

it('leaves out what its condition rules out', () => {
  const loaded = load({
    Parameters: { Stage: { Type: 'String', Default: 'test' } },
    Conditions: { Real: { 'Fn::Equals': [{ Ref: 'Stage' }, 'real'] } },
    Resources: { Extra: { Type: 'AWS::S3::Bucket', Condition: 'Real' }, Films: { Type: 'AWS::S3::Bucket' } },
  })
  expect([...loaded.resources.keys()]).toEqual(['Films'])
})

it('asks a table for the name of its stream only when someone looks', () => {
  const loaded = load({
    Resources: {
      Index: { Type: 'AWS::DynamoDB::Table' },
      Reader: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: { 'Fn::GetAtt': ['Index', 'StreamArn'] } },
      },
    },
  })
  const reader = loaded.resources.get('Reader')
  expect(() => reader?.properties).toThrow(expect.objectContaining({ code: 'TEMPLATE_ATTRIBUTE' }))
  loaded.learn('Index', 'StreamArn', 'arn:stream')
  expect(reader?.properties).toEqual({ EventSourceArn: 'arn:stream' })
})

it('refuses a parameter nobody gives a value', () => {
  const template = { Parameters: { Key: { Type: 'String' } }, Outputs: { Key: { Value: { Ref: 'Key' } } } }
  expect(() => load(template).outputs()).toThrow(expect.objectContaining({ code: 'TEMPLATE_PARAMETER' }))
})

const of = (type: string, properties = {}) => ({ type, properties })

it('names everything that does not run, and apart from it what needs nothing', () => {
  const { needsNothing, notRun } = supportOf([
    of('AWS::S3::Bucket'),
    of('AWS::Logs::LogGroup'),
    of('AWS::CloudWatch::Alarm'),
    of('AWS::CloudWatch::Alarm'),
    of('AWS::Kinesis::Stream'),
    of('Custom::Unheard'),
    of('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' }),
    of('AWS::ApiGatewayV2::Api', { ProtocolType: 'WEBSOCKET' }),
    of('AWS::Events::EventBus', { Name: 'rooms', KmsKeyIdentifier: 'key' }),
  ])
  expect(countsText(needsNothing)).toBe('AWS::CloudWatch::Alarm (2), AWS::Logs::LogGroup (1)')
  expect(countsText(notRun)).toBe(
    'AWS::ApiGatewayV2::Api WEBSOCKET (1), AWS::Events::EventBus KmsKeyIdentifier (1), ' +
      'AWS::Kinesis::Stream (1), Custom::Unheard (1)',
  )
})

describe('the stacks of an assembly', () => {
  const bucket = { Type: 'AWS::S3::Bucket' }
  const output = (stack: string, name: string, region = 'us-east-1') => ({
    'Fn::GetStackOutput': { StackName: stack, Region: region, OutputName: name },
  })
  const stackOf = (name: string, template: JsonRecord, region = 'us-east-1') => ({
    name,
    region,
    document: parseDocument(template),
    assets: new Map(),
  })

  it('are one template, in which a stack has what those before it put out', () => {
    const loaded = loadTemplate(
      [
        stackOf('Low', {
          Resources: { Films: bucket },
          Outputs: { Films: { Value: { Ref: 'Films' } }, PublishOutputX: { Value: 'x' } },
        }),
        stackOf('High', {
          Resources: { Reader: { Type: 'T::T::T', Properties: { Bucket: output('Low', 'Films') } } },
          Outputs: { Url: { Value: { 'Fn::Sub': ['https://${D}/', { D: output('Low', 'Films') }] } } },
        }),
      ],
      endpoints,
    )
    expect(loaded.resources.get('Reader')?.properties).toEqual({ Bucket: 'high-films' })
    expect(loaded.outputs()).toEqual({ Films: 'high-films', Url: 'https://high-films' })
    expect(loaded.stacks.map(({ name, outputs }) => [name, Object.keys(outputs())])).toEqual([
      ['Low', ['Films', 'PublishOutputX']],
      ['High', ['Url']],
    ])
  })

  it('are named after the whole, so that a resource that moves between them is found again', () => {
    const one = loadTemplate([stackOf('Headend', { Resources: { Films: bucket } })], endpoints)
    const two = loadTemplate(
      [
        stackOf('Headend-us-east-1', { Resources: { Films: bucket } }),
        stackOf('Headend', { Resources: { Other: bucket } }),
      ],
      endpoints,
    )
    expect(two.resources.get('Films')?.name).toBe(one.resources.get('Films')?.name)
    expect(two.name).toBe('Headend')
  })

  it('may have a logical id in common, which each means as its own', () => {
    const topic = {
      Topic: { Type: 'AWS::SNS::Topic' },
      Reader: { Type: 'T::T::T', Properties: { Of: { Ref: 'Topic' } } },
    }
    const loaded = loadTemplate(
      [stackOf('A', { Resources: topic }), stackOf('B', { Resources: topic })],
      endpoints,
    )
    expect([...loaded.resources.keys()]).toEqual(['A.Topic', 'A.Reader', 'B.Topic', 'B.Reader'])
    const [a, b] = ['A', 'B'].map((stack) => loaded.resources.get(`${stack}.Topic`)?.ref)
    expect(a).not.toBe(b)
    expect(loaded.resources.get('B.Reader')?.properties['Of']).toBe(b)
  })

  it.each([
    ['no stack of that name', output('Lower', 'Films')],
    ['no output of that name', output('Low', 'Nothing')],
    ['another region', output('Low', 'Films', 'eu-north-1')],
    ['a stack that comes after', output('Top', 'Films')],
    ['no names', { 'Fn::GetStackOutput': { StackName: { Ref: 'X' }, OutputName: 'Films' } }],
  ])('refuse a reference to %s', (_, reference) => {
    const outputs = { Outputs: { Films: { Value: 'x' } } }
    const loaded = () =>
      loadTemplate(
        [
          stackOf('Low', { Resources: {}, ...outputs }),
          stackOf('High', {
            Resources: { Reader: { Type: 'AWS::S3::Bucket', Properties: { BucketName: reference } } },
          }),
          stackOf('Top', { Resources: {}, ...outputs }),
        ],
        endpoints,
      )
    expect(loaded).toThrow(/Fn::GetStackOutput: expected/)
  })
})
