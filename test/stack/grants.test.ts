/** What each function may do, to the letter: a grant that is wider, or gone, is seen here and argued for. */
import { beforeAll, describe, expect, it } from 'vitest'
import { headend, templateOf } from './synth.ts'
import { at, type CloudTemplate, list, named, ofType, refs, text } from './template.ts'

const readTimelines = ['s3:GetObject Media/timelines/*', 's3:ListBucket Media', 'kms:Decrypt Key, through S3']
const readUploads = [
  's3:GetObject Upload/*',
  's3:GetObjectVersion Upload/*',
  's3:ListBucket Upload',
  's3:ListBucketVersions Upload',
  'kms:Decrypt Key, through S3',
]

const readFront = 'ssm:GetParameter /Headend/front of us-east-1'

const makeKeys = [
  'kms:GenerateDataKey ContentKeysKey, of a content and a kid',
  'dynamodb:GetItem Table',
  'dynamodb:Query Table',
  'dynamodb:PutItem Table',
]

const markFilms = [
  'cloudfront-keyvaluestore:DescribeKeyValueStore Sessions',
  'cloudfront-keyvaluestore:GetKey Sessions',
  'cloudfront-keyvaluestore:UpdateKeys Sessions',
  'cloudfront:CreateInvalidation any distribution of the account',
]
const publishFilms = [
  's3:PutObject Media/protection/*',
  'kms:GenerateDataKey Key, through S3',
  'dynamodb:UpdateItem Index',
  'dynamodb:Scan Index',
]

const grants: Readonly<Record<string, readonly string[]>> = {
  PackagingIngest: [
    ...makeKeys,
    'dynamodb:BatchGetItem Table',
    'dynamodb:DeleteItem Table',
    ...markFilms,
    readFront,
    ...publishFilms,
    ...readUploads,
    ...readTimelines,
    's3:PutObject Media/timelines/*',
    's3:AbortMultipartUpload Media/timelines/*',
    'kms:GenerateDataKey Key, through S3',
    'dynamodb:GetItem Index',
    'dynamodb:PutItem Index',
    'sqs:ReceiveMessage IngestQueue',
    'sqs:DeleteMessage IngestQueue',
    'sqs:ChangeMessageVisibility IngestQueue',
    'sqs:GetQueueAttributes IngestQueue',
    'sqs:GetQueueUrl IngestQueue',
  ],
  PackagingSoundSideCar: [
    ...readUploads,
    ...readTimelines,
    's3:PutObject Media/timelines/*',
    's3:AbortMultipartUpload Media/timelines/*',
    'kms:GenerateDataKey Key, through S3',
    'sqs:ReceiveMessage SoundSideCarQueue',
    'sqs:DeleteMessage SoundSideCarQueue',
    'sqs:ChangeMessageVisibility SoundSideCarQueue',
    'sqs:GetQueueAttributes SoundSideCarQueue',
    'sqs:GetQueueUrl SoundSideCarQueue',
  ],
  PackagingPackager: [
    ...readUploads,
    ...readTimelines,
    'kms:Decrypt ContentKeysKey, of a content and a kid',
    'dynamodb:GetItem Table',
    'dynamodb:BatchGetItem Table',
    'dynamodb:Query Table',
  ],
  AssetsAnnounce: [
    'events:PutEvents Events, of headend.assets, headend.rights',
    'dynamodb:DescribeStream Index',
    'dynamodb:GetRecords Index',
    'dynamodb:GetShardIterator Index',
    'dynamodb:ListStreams "*"',
    'sqs:SendMessage AnnounceFailed',
    'sqs:GetQueueAttributes AnnounceFailed',
    'sqs:GetQueueUrl AnnounceFailed',
  ],
  DeliveryManifest: [
    ...readTimelines,
    's3:GetObject Media/protection/*',
    'dynamodb:GetItem Index',
    's3:GetObject Media/presentations/*',
    'dynamodb:BatchGetItem Index',
    'dynamodb:GetItem ChannelsTable',
    'dynamodb:Query ChannelsTable',
    readFront,
  ],
  DeliveryMediaLength: [],
  DeliveryManifestEdge: [...readTimelines, 's3:GetObject Media/protection/*', 'dynamodb:GetItem Index'],
  ChannelsChannelsArchive: [
    ...readTimelines,
    's3:PutObject Media/timelines/live/*',
    's3:PutObjectTagging Media/timelines/live/*',
    's3:AbortMultipartUpload Media/timelines/live/*',
    'kms:GenerateDataKey Key, through S3',
    'dynamodb:PutItem ChannelsTable',
    'dynamodb:Query ChannelsTable',
    'sqs:ReceiveMessage ChannelsArchiveQueue',
    'sqs:DeleteMessage ChannelsArchiveQueue',
    'sqs:ChangeMessageVisibility ChannelsArchiveQueue',
    'sqs:GetQueueAttributes ChannelsArchiveQueue',
    'sqs:GetQueueUrl ChannelsArchiveQueue',
  ],
  ChannelsChannelsMinute: [
    ...readTimelines,
    'sqs:SendMessage ChannelsArchiveQueue',
    's3:PutObject Media/timelines/live/*',
    's3:PutObjectTagging Media/timelines/live/*',
    'kms:GenerateDataKey Key, through S3',
    'dynamodb:GetItem ChannelsTable',
    'dynamodb:PutItem ChannelsTable',
    'dynamodb:Query ChannelsTable',
    'sqs:SendMessage ChannelsChannelsMinuteFailed',
    'sqs:GetQueueAttributes ChannelsChannelsMinuteFailed',
    'sqs:GetQueueUrl ChannelsChannelsMinuteFailed',
  ],
  ChannelsChannelsIngest: [
    'sqs:SendMessage ChannelsArchiveQueue',
    's3:PutObject Upload/live/*',
    ...readTimelines,
    's3:PutObject Media/timelines/live/*',
    's3:PutObjectTagging Media/timelines/live/*',
    'kms:GenerateDataKey Key, through S3',
    'dynamodb:GetItem ChannelsTable',
    'dynamodb:PutItem ChannelsTable',
    'dynamodb:Query ChannelsTable',
  ],
  ChannelsChannelsFeed: [
    ...readUploads,
    'sqs:SendMessage ChannelsArchiveQueue',
    ...readTimelines,
    's3:PutObject Media/timelines/live/*',
    's3:PutObjectTagging Media/timelines/live/*',
    'kms:GenerateDataKey Key, through S3',
    'dynamodb:GetItem ChannelsTable',
    'dynamodb:PutItem ChannelsTable',
    'dynamodb:Query ChannelsTable',
    'sqs:ReceiveMessage ChannelsFeedQueue',
    'sqs:DeleteMessage ChannelsFeedQueue',
    'sqs:ChangeMessageVisibility ChannelsFeedQueue',
    'sqs:GetQueueAttributes ChannelsFeedQueue',
    'sqs:GetQueueUrl ChannelsFeedQueue',
  ],
  CatalogueApi: [
    'sqs:SendMessage ChannelsArchiveQueue',
    'dynamodb:GetItem ChannelsTable',
    'dynamodb:PutItem ChannelsTable',
    'dynamodb:DeleteItem ChannelsTable',
    'dynamodb:Query ChannelsTable',
    ...readTimelines,
    'dynamodb:GetItem Index',
    'dynamodb:BatchGetItem Index',
    'dynamodb:Query Index/index/byKind',
    's3:PutObject Upload/live/*',
    's3:PutObject Upload/vod/*',
    's3:AbortMultipartUpload Upload/vod/*',
    's3:ListMultipartUploadParts Upload/vod/*',
    's3:GetObject Upload/vod/*',
    's3:DeleteObject Upload/*',
    's3:DeleteObject Media/timelines/*',
    'sqs:SendMessage IngestQueue',
    's3:ListBucket Upload',
    's3:GetObject Media/presentations/*',
    's3:PutObject Media/presentations/*',
    'dynamodb:PutItem Index',
    'dynamodb:DeleteItem Index',
    'kms:GenerateDataKey Key, through S3',
    'kms:Decrypt Key, through S3',
    'secretsmanager:GetSecretValue OperatorSecret',
    ...markFilms,
    ...makeKeys,
    ...publishFilms,
    'dynamodb:BatchGetItem Table',
    'dynamodb:DeleteItem Table',
    readFront,
    'secretsmanager:GetSecretValue PlaybackSecret',
  ],
  CatalogueGate: ['secretsmanager:GetSecretValue OperatorSecret'],
  RightsLicence: [
    ...makeKeys,
    'kms:Decrypt ContentKeysKey, of a content and a kid',
    'dynamodb:BatchGetItem Table',
    'secretsmanager:GetSecretValue PlaybackSecret',
    'secretsmanager:GetSecretValue Front',
    'secretsmanager:GetSecretValue LicenceServers',
  ],
  RightsSweep: [
    ...makeKeys,
    'dynamodb:BatchGetItem Table',
    'dynamodb:DeleteItem Table',
    ...markFilms,
    ...publishFilms,
    'cloudfront-keyvaluestore:ListKeys Sessions',
    'sqs:SendMessage SweepFailed',
    'sqs:GetQueueAttributes SweepFailed',
    'sqs:GetQueueUrl SweepFailed',
    readFront,
    'dynamodb:GetItem Index',
  ],
  RightsSpeke: [
    ...makeKeys,
    'kms:Decrypt ContentKeysKey, of a content and a kid',
    'kms:Encrypt ContentKeysKey, of a content and a kid',
    readFront,
    'dynamodb:BatchGetItem Table',
    'secretsmanager:GetSecretValue SpekeSecret',
  ],
}

const atEdge = new Set(['DeliveryManifestEdge', 'DeliveryMediaLength'])

describe('grants', () => {
  let template: CloudTemplate
  beforeAll(() => {
    template = templateOf(headend().stacks)
  })

  it.each(Object.entries(grants))('%s may do this and no more', (name, expected) => {
    const log = name.replace(/^(Packaging|Assets|Delivery|Catalogue|Rights)/, '')
    // A replica writes in the region it runs in, where nobody made the group.
    const own = atEdge.has(name)
      ? ['CreateLogGroup', 'CreateLogStream', 'PutLogEvents'].map(
          (action) => `logs:${action} ${log}Log in every region`,
        )
      : ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => `${action} ${log}Log`)
    expect(granted(template, name)).toEqual([...new Set([...own, ...expected])].toSorted())
  })

  it('lets CloudFront alone call the functions with a URL, for distributions of this account', () => {
    const urls = ofType(template, 'AWS::Lambda::Permission').filter(({ properties }) =>
      refs(at(properties, 'FunctionName')).some((id) => template.Resources[id]?.Type === 'AWS::Lambda::Url'),
    )
    expect(urls.map(({ properties }) => text(at(properties, 'Action'))).toSorted()).toEqual([
      'lambda:InvokeFunction',
      'lambda:InvokeFunction',
      'lambda:InvokeFunctionUrl',
      'lambda:InvokeFunctionUrl',
    ])
    for (const { properties } of urls) {
      expect(at(properties, 'Principal')).toBe('cloudfront.amazonaws.com')
      expect(at(properties, 'SourceArn', 'Fn::Join', 1)).toEqual([
        'arn:',
        { Ref: 'AWS::Partition' },
        ':cloudfront::',
        { Ref: 'AWS::AccountId' },
        ':distribution/*',
      ])
    }
  })

  it('lets the key of content keys be used by those roles alone, for a content and a kid', () => {
    const key = ofType(template, 'AWS::KMS::Key').find(({ id }) => id.startsWith('RightsContentKeys'))
    const statements = list(at(key?.properties, 'KeyPolicy', 'Statement'))
    const uses = statements.flatMap((statement) =>
      list(at(statement, 'Action')).flatMap((action) =>
        /^kms:(Decrypt|Encrypt|GenerateDataKey|ReEncrypt|Sign|CreateGrant|\*)/.test(text(action))
          ? refs(at(statement, 'Condition', 'ArnEquals', 'aws:PrincipalArn')).map((role) => {
              expect(isBoundToKid(statement)).toBe(true)
              return `${text(action)} by ${plain(role)}`
            })
          : [],
      ),
    )
    expect(uses.toSorted()).toEqual([
      'kms:Decrypt by PackagingPackagerRole',
      'kms:Decrypt by RightsLicenceRole',
      'kms:Decrypt by RightsSpekeRole',
      'kms:Encrypt by RightsSpekeRole',
      'kms:GenerateDataKey by CatalogueApiRole',
      'kms:GenerateDataKey by PackagingIngestRole',
      'kms:GenerateDataKey by RightsLicenceRole',
      'kms:GenerateDataKey by RightsSpekeRole',
      'kms:GenerateDataKey by RightsSweepRole',
    ])
    const unbound = statements.filter((statement) => at(statement, 'Condition') === undefined)
    expect(unbound.flatMap((statement) => list(at(statement, 'Action')))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^kms:(\*|Decrypt|Generate|Encrypt|ReEncrypt)/)]),
    )
  })

  it('lets S3 put notifications of one bucket, and EventBridge what one rule sends, on each queue', () => {
    const allowed = ofType(template, 'AWS::SQS::QueuePolicy')
      .flatMap(({ properties }) => list(at(properties, 'PolicyDocument', 'Statement')))
      .filter((statement) => at(statement, 'Effect') === 'Allow')
    const senders = allowed.map((statement) => {
      const service = text(at(statement, 'Principal', 'Service'))
      const type = service === 's3.amazonaws.com' ? 'AWS::S3::Bucket' : 'AWS::Events::Rule'
      const from = named(template, type, at(statement, 'Condition'))
      return `${service} ${plain(from?.id ?? '')} ${readable(at(statement, 'Resource'))}`
    })
    expect(senders.toSorted()).toEqual([
      'events.amazonaws.com PackagingUploadsOflive ChannelsFeedDeadLetters',
      'events.amazonaws.com PackagingUploadsOflive ChannelsFeedQueue',
      'events.amazonaws.com PackagingUploadsOfvod IngestDeadLetters',
      'events.amazonaws.com PackagingUploadsOfvod IngestQueue',
      'events.amazonaws.com PackagingUploadsRest IngestDeadLetters',
      'events.amazonaws.com PackagingUploadsRest IngestQueue',
      's3.amazonaws.com PackagingMedia SoundSideCarQueue',
    ])
  })
})

/** The statements of the role of the function with this name, one line an action and resource. */
function granted(template: CloudTemplate, name: string): readonly string[] {
  const made = ofType(template, 'AWS::Lambda::Function').find(({ id }) => plain(id) === name)
  const [role] = refs(at(made?.properties, 'Role'))
  return ofType(template, 'AWS::IAM::Policy')
    .filter(({ properties }) => role !== undefined && refs(at(properties, 'Roles')).includes(role))
    .flatMap(({ properties }) => list(at(properties, 'PolicyDocument', 'Statement')))
    .flatMap((statement) => {
      expect(at(statement, 'Effect')).toBe('Allow')
      const only = at(statement, 'Condition', 'StringEquals', 'kms:ViaService')
      const through = only === 's3.us-east-1.amazonaws.com' ? ', through S3' : ''
      const bound = isBoundToKid(statement) ? ', of a content and a kid' : ''
      const sources = list(at(statement, 'Condition', 'StringEquals', 'events:source'))
      const said = sources.length > 0 ? `, of ${sources.map(text).join(', ')}` : ''
      return list(at(statement, 'Action')).flatMap((action) =>
        list(at(statement, 'Resource')).map(
          (to) => `${text(action)} ${readable(to)}${through}${bound}${said}`,
        ),
      )
    })
    .toSorted()
}

/** Whether KMS is asked with an encryption context of a content and a kid, and nothing beside. */
function isBoundToKid(statement: unknown): boolean {
  const condition = at(statement, 'Condition')
  return (
    JSON.stringify(list(at(condition, 'ForAllValues:StringEquals', 'kms:EncryptionContextKeys'))) ===
      '["contentId","kid"]' &&
    at(condition, 'Null', 'kms:EncryptionContext:contentId') === 'false' &&
    at(condition, 'Null', 'kms:EncryptionContext:kid') === 'false'
  )
}

/** `Upload/*` for the ARN of the upload bucket's objects. */
function readable(resource: unknown): string {
  const id = refs(resource).find((ref) => !ref.startsWith('AWS::'))
  const parameter = parameterOf(resource)
  if (anyDistribution.test(joined(resource))) return 'any distribution of the account'
  if (parameter !== undefined) return parameter
  if (id === undefined) return JSON.stringify(resource)
  const rest = list(at(resource, 'Fn::Join', 1)).filter((part) => typeof part === 'string')
  const owner = plain(id).replace(/^(Packaging|Assets|Delivery|Catalogue|Rights)/, '')
  return rest[0] === 'arn:aws:logs:*:' ? `${owner} in every region` : [owner, ...rest].join('')
}

/** `/Headend/front of us-east-1` for the ARN of a parameter, whose account and partition CloudFormation fills in. */
function parameterOf(resource: unknown): string | undefined {
  const [, region, name] = /^arn:\*:ssm:([^:]+):\*:parameter(.+)$/.exec(joined(resource)) ?? []
  return name === undefined ? undefined : `${name} of ${region}`
}

const anyDistribution = /^arn:\*:cloudfront::\*:distribution\/\*$/

/** An ARN whose account and partition CloudFormation fills in. */
const joined = (resource: unknown): string =>
  list(at(resource, 'Fn::Join', 1))
    .map((part) => text(part) || '*')
    .join('')

/** A logical id without the hash CDK puts after it. */
function plain(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '')
}
