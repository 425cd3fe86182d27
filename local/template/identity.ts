/** Physical ids and attributes: what `Ref` and `Fn::GetAtt` give, in the form AWS gives them and stable for ever. */
import { createHash } from 'node:crypto'
import { account } from '../service.ts'

/** A resource as its identity is worked out. */
export interface Subject {
  readonly id: string
  readonly type: string
  /** What names begin with: the same for all stacks of an assembly. */
  readonly prefix: string
  readonly region: string
  /** One property, resolved. */
  readonly property: (name: string) => unknown
  readonly awsEndpoint: string
}

export interface Identity {
  /** The name or id the service knows it by. */
  readonly name: string
  /** What `Ref` gives; often the name. */
  readonly ref: string
  /** Undefined: AWS has no such attribute. */
  readonly attribute: (name: string) => string | undefined
}

/** The identity of a resource; a type not known here gets names that say whose they are. */
export function identify(subject: Subject): Identity {
  const make = identities.get(subject.type)
  if (make === undefined) return unknownType(subject)
  const { name, ref = name, attributes = {} } = make(subject)
  return { name, ref, attribute: (attribute) => attributes[attribute] }
}

interface Facts {
  readonly name: string
  readonly ref?: string
  readonly attributes?: Readonly<Record<string, string>>
}

type Make = (subject: Subject) => Facts

const identities: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['AWS::S3::Bucket', bucket],
  ['AWS::S3::BucketPolicy', (subject) => ({ name: ownText(subject, 'Bucket') ?? subject.id })],
  ['AWS::DynamoDB::Table', table],
  ['AWS::DynamoDB::GlobalTable', table],
  ['AWS::SQS::Queue', queue],
  [
    'AWS::SQS::QueuePolicy',
    (subject) => ({ name: stackName(subject, 80), attributes: { Id: stackName(subject, 80) } }),
  ],
  ['AWS::SNS::Topic', topic],
  ['AWS::SecretsManager::Secret', secret],
  ['AWS::KMS::Key', key],
  ['AWS::SSM::Parameter', parameter],
  ['AWS::KMS::Alias', (subject) => ({ name: ownText(subject, 'AliasName') ?? `alias/${subject.id}` })],
  [
    'AWS::Kinesis::Stream',
    (subject) => withArn(subject, ownText(subject, 'Name') ?? stackName(subject, 128), 'kinesis', 'stream/'),
  ],
  [
    'AWS::Events::Rule',
    (subject) => withArn(subject, ownText(subject, 'Name') ?? stackName(subject, 64), 'events', 'rule/'),
  ],
  ['AWS::Lambda::Function', lambdaFunction],
  ['AWS::Lambda::Version', lambdaVersion],
  ['AWS::Lambda::Alias', lambdaAlias],
  ['AWS::Lambda::Url', lambdaUrl],
  [
    'AWS::Lambda::Permission',
    (subject) => ({ name: stackName(subject, 100), attributes: { Id: stackName(subject, 100) } }),
  ],
  ['AWS::Lambda::EventInvokeConfig', (subject) => ({ name: stackName(subject, 100) })],
  [
    'AWS::Lambda::LayerVersion',
    (subject) => {
      const arn = serviceArn(subject, 'lambda', `layer:${subject.id}:1`)
      return { name: subject.id, ref: arn, attributes: { LayerVersionArn: arn } }
    },
  ],
  ['AWS::Lambda::EventSourceMapping', mapping],
  ['AWS::IAM::Role', role],
  [
    'AWS::IAM::Policy',
    (subject) => ({
      name: ownText(subject, 'PolicyName') ?? stackName(subject, 128),
      attributes: { Id: hex(subject, 20) },
    }),
  ],
  ['AWS::IAM::ManagedPolicy', managedPolicy],
  ['AWS::ApiGatewayV2::Api', api],
  ['AWS::ApiGatewayV2::Stage', (subject) => ({ name: ownText(subject, 'StageName') ?? '$default' })],
  [
    'AWS::ApiGatewayV2::Integration',
    (subject) => ({ name: hex(subject, 7), attributes: { IntegrationId: hex(subject, 7) } }),
  ],
  [
    'AWS::ApiGatewayV2::Route',
    (subject) => ({ name: hex(subject, 7), attributes: { RouteId: hex(subject, 7) } }),
  ],
  [
    'AWS::ApiGatewayV2::Authorizer',
    (subject) => ({ name: hex(subject, 6), attributes: { AuthorizerId: hex(subject, 6) } }),
  ],
  ['AWS::CloudFront::Distribution', distribution],
  ['AWS::CloudFront::Function', cloudFrontFunction],
  ['AWS::CloudFront::KeyValueStore', keyValueStore],
  ['AWS::CloudFront::CachePolicy', cloudFrontPolicy],
  ['AWS::CloudFront::OriginRequestPolicy', cloudFrontPolicy],
  ['AWS::CloudFront::ResponseHeadersPolicy', cloudFrontPolicy],
  ['AWS::CloudFront::OriginAccessControl', (subject) => cloudFrontId(subject)],
  ['AWS::CloudFront::PublicKey', (subject) => cloudFrontId(subject)],
  ['AWS::CloudFront::KeyGroup', cloudFrontPolicy],
  ['AWS::Logs::LogGroup', logGroup],
  [
    'AWS::CloudWatch::Alarm',
    (subject) =>
      withArn(subject, ownText(subject, 'AlarmName') ?? stackName(subject, 255), 'cloudwatch', 'alarm:'),
  ],
  [
    'Custom::CDKBucketDeployment',
    (subject) => ({
      name: `aws.cdk.s3deployment.${hex(subject, 20)}`,
      attributes: { DestinationBucketArn: ownText(subject, 'DestinationBucketArn') ?? '' },
    }),
  ],
])

function bucket(subject: Subject): Facts {
  const name = ownText(subject, 'BucketName') ?? stackName(subject, 63).toLowerCase()
  return {
    name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${subject.region}.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${subject.region}.amazonaws.com`,
    },
  }
}

/** `StreamArn` is not here: the table engine names its streams. */
function table(subject: Subject): Facts {
  const name = ownText(subject, 'TableName') ?? stackName(subject, 255)
  return {
    name,
    attributes: { Arn: serviceArn(subject, 'dynamodb', `table/${name}`), TableId: uuid(subject) },
  }
}

function queue(subject: Subject): Facts {
  const suffix = subject.property('FifoQueue') === true ? '.fifo' : ''
  const name = ownText(subject, 'QueueName') ?? stackName(subject, 80 - suffix.length) + suffix
  const url = `${subject.awsEndpoint}/${account}/${name}`
  return {
    name,
    ref: url,
    attributes: { Arn: serviceArn(subject, 'sqs', name), QueueName: name, QueueUrl: url },
  }
}

function topic(subject: Subject): Facts {
  const name = ownText(subject, 'TopicName') ?? stackName(subject, 256)
  const arn = serviceArn(subject, 'sns', name)
  return { name, ref: arn, attributes: { TopicArn: arn, TopicName: name } }
}

function secret(subject: Subject): Facts {
  const name = ownText(subject, 'Name') ?? stackName(subject, 255)
  const arn = serviceArn(subject, 'secretsmanager', `secret:${name}-${hex(subject, 6)}`)
  return { name, ref: arn, attributes: { Id: arn } }
}

function key(subject: Subject): Facts {
  const name = uuid(subject)
  return { name, attributes: { Arn: serviceArn(subject, 'kms', `key/${name}`), KeyId: name } }
}

function parameter(subject: Subject): Facts {
  const name = ownText(subject, 'Name') ?? stackName(subject, 255)
  return {
    name,
    attributes: { Type: ownText(subject, 'Type') ?? 'String', Value: ownText(subject, 'Value') ?? '' },
  }
}

function lambdaFunction(subject: Subject): Facts {
  return withArn(subject, ownText(subject, 'FunctionName') ?? stackName(subject, 64), 'lambda', 'function:')
}

/** One version of each function runs here: the template's. */
function lambdaVersion(subject: Subject): Facts {
  const functionArn = functionArnOf(subject)
  return { name: '1', ref: `${functionArn}:1`, attributes: { Version: '1', FunctionArn: `${functionArn}:1` } }
}

function lambdaAlias(subject: Subject): Facts {
  const name = ownText(subject, 'Name') ?? subject.id
  const arn = `${functionArnOf(subject)}:${name}`
  return { name, ref: arn, attributes: { AliasArn: arn } }
}

function lambdaUrl(subject: Subject): Facts {
  const target = ownText(subject, 'TargetFunctionArn') ?? subject.id
  return {
    name: subject.id,
    ref: target,
    attributes: {
      FunctionArn: target,
      FunctionUrl: `https://${hex(subject, 32)}.lambda-url.${subject.region}.on.aws/`,
    },
  }
}

function mapping(subject: Subject): Facts {
  const name = uuid(subject)
  const arn = serviceArn(subject, 'lambda', `event-source-mapping:${name}`)
  return { name, attributes: { Id: name, EventSourceMappingArn: arn } }
}

function role(subject: Subject): Facts {
  const name = ownText(subject, 'RoleName') ?? stackName(subject, 64)
  const path = ownText(subject, 'Path') ?? '/'
  return {
    name,
    attributes: {
      Arn: `arn:aws:iam::${account}:role${path}${name}`,
      RoleId: `AROA${hex(subject, 17).toUpperCase()}`,
    },
  }
}

function managedPolicy(subject: Subject): Facts {
  const name = ownText(subject, 'ManagedPolicyName') ?? stackName(subject, 128)
  const arn = `arn:aws:iam::${account}:policy/${name}`
  return { name, ref: arn, attributes: { PolicyArn: arn } }
}

function api(subject: Subject): Facts {
  const name = hex(subject, 10)
  return {
    name,
    attributes: { ApiId: name, ApiEndpoint: `https://${name}.execute-api.${subject.region}.amazonaws.com` },
  }
}

function distribution(subject: Subject): Facts {
  const digits = hex(subject, 13)
  const name = `E${digits.toUpperCase()}`
  return { name, attributes: { Id: name, DomainName: `d${digits}.cloudfront.net` } }
}

function cloudFrontFunction(subject: Subject): Facts {
  const name = ownText(subject, 'Name') ?? stackName(subject, 64)
  const arn = `arn:aws:cloudfront::${account}:function/${name}`
  return {
    name,
    ref: arn,
    attributes: { FunctionARN: arn, 'FunctionMetadata.FunctionARN': arn, Stage: 'LIVE' },
  }
}

function keyValueStore(subject: Subject): Facts {
  const name = ownText(subject, 'Name') ?? stackName(subject, 64)
  const id = uuid(subject)
  const arn = `arn:aws:cloudfront::${account}:key-value-store/${id}`
  return { name, attributes: { Arn: arn, Id: id, Status: 'READY' } }
}

function cloudFrontPolicy(subject: Subject): Facts {
  const name = uuid(subject)
  return { name, attributes: { Id: name } }
}

function cloudFrontId(subject: Subject): Facts {
  const name = `E${hex(subject, 13).toUpperCase()}`
  return { name, attributes: { Id: name } }
}

function logGroup(subject: Subject): Facts {
  const name = ownText(subject, 'LogGroupName') ?? stackName(subject, 512)
  return { name, attributes: { Arn: `${serviceArn(subject, 'logs', `log-group:${name}`)}:*` } }
}

function unknownType(subject: Subject): Identity {
  const name = stackName(subject, 255)
  const service = subject.type.split('::')[1]?.toLowerCase() ?? 'unknown'
  const attribute = (wanted: string) =>
    wanted === 'Arn' ? serviceArn(subject, service, name) : `${name}.${wanted}`
  return { name, ref: name, attribute }
}

function withArn(subject: Subject, name: string, service: string, kind: string): Facts {
  return { name, attributes: { Arn: serviceArn(subject, service, kind + name) } }
}

function serviceArn({ region }: Subject, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`
}

function functionArnOf(subject: Subject): string {
  const name = ownText(subject, 'FunctionName') ?? subject.id
  return name.startsWith('arn:') ? name : serviceArn(subject, 'lambda', `function:${name}`)
}

/** `Headend-IngestFunction1A2B`, cut with a hash where the service's limit is shorter. */
function stackName(subject: Subject, limit: number): string {
  const name = `${subject.prefix}-${subject.id}`
  return name.length <= limit ? name : `${name.slice(0, limit - 9)}-${hex(subject, 8)}`
}

function ownText(subject: Subject, property: string): string | undefined {
  const value = subject.property(property)
  return typeof value === 'string' ? value : undefined
}

function hex({ prefix, id }: Subject, length: number): string {
  return createHash('sha256').update(`${prefix}/${id}`).digest('hex').slice(0, length)
}

function uuid(subject: Subject): string {
  return hex(subject, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
