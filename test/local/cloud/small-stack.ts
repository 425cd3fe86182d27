/** A hand-written stack with one of everything that is wired to something, as an assembly on disk. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'

type Json = Readonly<Record<string, unknown>>

export interface SmallStack {
  /** Logical ids left out of the template. */
  readonly without?: readonly string[]
  /** Resources added, or put in the place of others. */
  readonly also?: Json
  readonly greeting?: string
}

/** A directory that goes when the test does. */
export async function scratch(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'headend-cloud-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

const asset = (name: string) => ({
  source: { path: `asset.${name}`, packaging: 'zip' },
  destinations: { here: { bucketName: 'assets', objectKey: `${name}.zip` } },
})

/** Writes the assembly into `directory` and answers with it. */
export async function writeAssembly(directory: string, stack: SmallStack = {}): Promise<string> {
  const template = templateOf(stack)
  await mkdir(join(directory, 'asset.copy'), { recursive: true })
  await mkdir(join(directory, 'asset.pages', 'sub'), { recursive: true })
  const manifest = {
    artifacts: {
      Small: {
        type: 'aws:cloudformation:stack',
        properties: { templateFile: 'Small.template.json', stackName: 'Small' },
      },
    },
  }
  const files = { copy: asset('copy'), pages: asset('pages') }
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest))
  await writeFile(join(directory, 'Small.template.json'), JSON.stringify(template))
  await writeFile(join(directory, 'Small.assets.json'), JSON.stringify({ files }))
  await writeFile(join(directory, 'asset.pages', 'index.html'), '<h1>ü</h1>')
  await writeFile(
    join(directory, 'asset.pages', 'sub', 'config.json'),
    '{"api":"https://<<marker:0>>","text":"<<marker:1>>"}',
  )
  await build({
    stdin: { contents: copyHandler, resolveDir: import.meta.dirname },
    outfile: join(directory, 'asset.copy', 'index.js'),
    bundle: true,
    platform: 'node',
    logLevel: 'silent',
  })
  await writeFile(join(directory, 'asset.copy', 'package.json'), '{"type":"commonjs"}')
  return directory
}

/** Copies what S3 says was uploaded; over HTTP it greets. */
const copyHandler = `
const { S3Client, GetObjectCommand, PutObjectCommand } = require('@aws-sdk/client-s3')
const s3 = new S3Client({})
exports.handler = async (event) => {
  if (event.requestContext) return { statusCode: 200, headers: { 'cache-control': 'max-age=60' }, body: process.env.GREETING }
  for (const { body } of event.Records)
    for (const { s3: { bucket, object } } of JSON.parse(body).Records ?? []) {
      const Key = decodeURIComponent(object.key.replaceAll('+', ' '))
      const film = await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key, VersionId: object.versionId }))
      await s3.send(new PutObjectCommand({ Bucket: process.env.COPIES, Key, Body: await film.Body.transformToByteArray() }))
    }
}`

const att = (id: string, name = 'Arn') => ({ 'Fn::GetAtt': [id, name] })
const ref = (id: string) => ({ Ref: id })
const resource = (Type: string, Properties: Json, DependsOn: readonly string[] = []) => ({
  Type,
  Properties,
  DependsOn,
})
const policy = (...Statement: readonly Json[]) => ({ Version: '2012-10-17', Statement })
const objects = (bucket: string) => ({ 'Fn::Join': ['', [att(bucket), '/*']] })
const tlsOnly = (bucket: string) => ({
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 's3:*',
  Resource: [att(bucket), objects(bucket)],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
})

function templateOf({ without = [], also = {}, greeting = 'hello' }: SmallStack = {}): Json {
  const resources: Record<string, unknown> = {
    Films: resource('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' } }),
    FilmsPolicy: resource('AWS::S3::BucketPolicy', {
      Bucket: ref('Films'),
      PolicyDocument: policy(tlsOnly('Films')),
    }),
    Copies: resource('AWS::S3::Bucket', {}),
    Jobs: resource('AWS::SQS::Queue', { VisibilityTimeout: 2 }),
    JobsPolicy: resource('AWS::SQS::QueuePolicy', {
      Queues: [ref('Jobs')],
      PolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: att('Jobs'),
        Condition: { ArnLike: { 'aws:SourceArn': att('Films') } },
      }),
    }),
    Notify: resource(
      'Custom::S3BucketNotifications',
      {
        ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:notifier',
        BucketName: ref('Films'),
        NotificationConfiguration: {
          QueueConfigurations: [
            {
              Events: ['s3:ObjectCreated:*'],
              QueueArn: att('Jobs'),
              Filter: {
                Key: {
                  FilterRules: [
                    { Name: 'prefix', Value: 'vod/' },
                    { Name: 'suffix', Value: '.mp4' },
                  ],
                },
              },
            },
          ],
        },
      },
      ['JobsPolicy'],
    ),
    CopyRole: resource('AWS::IAM::Role', {
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole'],
    }),
    MayRead: resource('AWS::IAM::Policy', {
      PolicyName: 'MayRead',
      Roles: [ref('CopyRole')],
      PolicyDocument: policy({
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:GetObjectVersion'],
        Resource: objects('Films'),
      }),
    }),
    MayWrite: resource('AWS::IAM::Policy', {
      PolicyName: 'MayWrite',
      Roles: [ref('CopyRole')],
      PolicyDocument: policy({ Effect: 'Allow', Action: 's3:PutObject', Resource: objects('Copies') }),
    }),
    Copy: resource(
      'AWS::Lambda::Function',
      {
        Code: { S3Bucket: 'assets', S3Key: 'copy.zip' },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: att('CopyRole'),
        Timeout: 10,
        MemorySize: 256,
        Environment: {
          Variables: { COPIES: ref('Copies'), GREETING: greeting, OPERATOR_SECRET: ref('Secret') },
        },
      },
      ['MayRead', 'MayWrite'].filter((id) => !without.includes(id)),
    ),
    Poll: resource('AWS::Lambda::EventSourceMapping', {
      FunctionName: ref('Copy'),
      EventSourceArn: att('Jobs'),
      BatchSize: 5,
    }),
    Index: resource('AWS::DynamoDB::Table', {
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    }),
    Secret: resource('AWS::SecretsManager::Secret', {
      GenerateSecretString: {
        SecretStringTemplate: '{}',
        GenerateStringKey: 'key',
        PasswordLength: 40,
        ExcludePunctuation: true,
      },
    }),
    CopyUrl: resource('AWS::Lambda::Url', {
      TargetFunctionArn: att('Copy'),
      AuthType: 'AWS_IAM',
      InvokeMode: 'BUFFERED',
    }),
    CdnMayUrl: resource('AWS::Lambda::Permission', {
      FunctionName: att('Copy'),
      Action: 'lambda:InvokeFunctionUrl',
      Principal: 'cloudfront.amazonaws.com',
      SourceArn: { 'Fn::Sub': 'arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}' },
    }),
    CdnMayInvoke: resource('AWS::Lambda::Permission', {
      FunctionName: att('Copy'),
      Action: 'lambda:InvokeFunction',
      Principal: 'cloudfront.amazonaws.com',
      SourceArn: { 'Fn::Sub': 'arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}' },
    }),
    CdnMayRead: resource('AWS::S3::BucketPolicy', {
      Bucket: ref('Copies'),
      PolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: 's3:GetObject',
        Resource: objects('Copies'),
        Condition: {
          StringEquals: {
            'AWS:SourceArn': { 'Fn::Sub': 'arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}' },
          },
        },
      }),
    }),
    Signing: resource('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: { Name: 'signing' },
    }),
    Cdn: resource('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Enabled: true,
        Origins: [
          {
            Id: 'copies',
            DomainName: att('Copies', 'RegionalDomainName'),
            S3OriginConfig: {},
            OriginAccessControlId: att('Signing', 'Id'),
          },
          {
            Id: 'greeter',
            DomainName: { 'Fn::Select': [2, { 'Fn::Split': ['/', att('CopyUrl', 'FunctionUrl')] }] },
            CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
            OriginAccessControlId: att('Signing', 'Id'),
          },
        ],
        DefaultCacheBehavior: {
          TargetOriginId: 'copies',
          ViewerProtocolPolicy: 'allow-all',
          CachePolicyId: cachingOptimized,
        },
        CacheBehaviors: [
          {
            PathPattern: '/greet*',
            TargetOriginId: 'greeter',
            ViewerProtocolPolicy: 'allow-all',
            CachePolicyId: cachingOptimized,
          },
        ],
      },
    }),
    Pages: resource('Custom::CDKBucketDeployment', {
      ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:deployer',
      SourceBucketNames: ['assets'],
      SourceObjectKeys: ['pages.zip'],
      SourceMarkers: [{ '<<marker:0>>': att('Cdn', 'DomainName'), '<<marker:1>>': greeting }],
      DestinationBucketName: ref('Copies'),
      DestinationBucketKeyPrefix: 'pages',
      SystemMetadata: { 'cache-control': 'no-cache' },
      Prune: true,
    }),
    Alarm: resource('AWS::CloudWatch::Alarm', {}),
    Stream: resource('AWS::Kinesis::Stream', {}),
    ...also,
  }
  for (const id of without) delete resources[id]
  return {
    Resources: resources,
    Outputs: {
      Films: { Value: ref('Films') },
      Copies: { Value: ref('Copies') },
      Table: { Value: ref('Index') },
      Queue: { Value: ref('Jobs') },
      Secret: { Value: ref('Secret') },
      PlaybackUrl: { Value: { 'Fn::Sub': 'https://${Cdn.DomainName}/' } },
    },
  }
}

const cachingOptimized = '658327ea-f89d-4fab-a63d-7e88639e58f6'
