import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { signIns } from '../../../bin/local/sign-ins.ts'
import { verifyOperatorToken } from '../../../lib/platform/operator/operator-token.ts'
import { type Cloud, startCloud } from '../../../local/cloud.ts'
import { type SmallStack, scratch, writeAssembly } from './small-stack.ts'

interface Run extends AsyncDisposable {
  readonly cloud: Cloud
  readonly s3: S3Client
  readonly said: readonly string[]
  readonly logged: readonly string[]
}

/** One run of the small stack on a data directory. */
async function run(directory: string, stack: SmallStack = {}): Promise<Run> {
  const said: string[] = []
  const logged: string[] = []
  const cloud = await startCloud({
    assemblyDir: await writeAssembly(join(directory, 'assembly'), stack),
    dataDir: join(directory, 'data'),
    port: 0,
    secretOutputs: signIns,
    say: (text) => said.push(text),
    log: ({ message }) => logged.push(message),
  })
  return {
    cloud,
    s3: new S3Client(clientOf(cloud)),
    said,
    logged,
    [Symbol.asyncDispose]: () => cloud.close(),
  }
}

function clientOf({ outputs }: Cloud) {
  return {
    region: 'us-east-1',
    endpoint: outputs['AwsEndpoint'],
    credentials: { accessKeyId: 'mine', secretAccessKey: 'mine' },
    forcePathStyle: true,
  }
}

const textAt = async (s3: S3Client, bucket: string | undefined, key: string) =>
  (await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body?.transformToString()

/** Looks again until there is something, or gives up after ten seconds. */
async function eventually<Value>(look: () => Promise<Value | undefined>): Promise<Value | undefined> {
  for (let turn = 0; turn < 100; turn++) {
    const found = await look().catch(() => undefined)
    if (found !== undefined) return found
    await wait(100)
  }
  return undefined
}

it('carries an upload through notification, queue, mapping and function to the other bucket', async () => {
  await using directory = await scratch()
  await using running = await run(directory.path)
  const { cloud, s3 } = running
  const { Films, Copies } = cloud.outputs
  await s3.send(new PutObjectCommand({ Bucket: Films, Key: 'vod/a film (1).mp4', Body: 'moving' }))
  await s3.send(new PutObjectCommand({ Bucket: Films, Key: 'vod/notes.txt', Body: 'still' }))
  expect(await eventually(() => textAt(s3, Copies, 'vod/a film (1).mp4'))).toBe('moving')
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: Copies, Prefix: 'vod/' }))
  expect(Contents.map(({ Key }) => Key)).toEqual(['vod/a film (1).mp4'])
  expect(cloud.functions()).toMatchObject({ 'Small-Copy': { invocations: 1, errors: 0 } })
})

it('says what it runs not, and writes the outputs for their owner alone', async () => {
  await using directory = await scratch()
  await using running = await run(directory.path)
  const { outputs } = running.cloud
  expect(running.said).toEqual([
    'not run here: AWS::Kinesis::Stream (1)',
    'needs nothing here: AWS::CloudWatch::Alarm (1)',
  ])
  const file = join(directory.path, 'data', 'outputs.json')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ Small: outputs })
  for (const value of Object.values(outputs)) expect(value).not.toMatch(/^http.*\/$/)
  const secrets = new SecretsManagerClient(clientOf(running.cloud))
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: outputs['Secret'] }))
  const { key } = JSON.parse(SecretString)
  expect(await verifyOperatorToken(key, outputs['OperatorToken'] ?? '')).toMatchObject({
    subject: 'operator',
  })
})

it('publishes pages: markers replaced, headers set, what is gone pruned', async () => {
  await using directory = await scratch()
  {
    await using running = await run(directory.path)
    const { cloud, s3 } = running
    const config = await textAt(s3, cloud.outputs['Copies'], 'pages/sub/config.json')
    expect(JSON.parse(config ?? '')).toEqual({ api: cloud.outputs['PlaybackUrl'], text: 'hello' })
    const page = await s3.send(
      new HeadObjectCommand({ Bucket: cloud.outputs['Copies'], Key: 'pages/index.html' }),
    )
    expect(page).toMatchObject({ ContentType: 'text/html', CacheControl: 'no-cache' })
    await s3.send(
      new PutObjectCommand({ Bucket: cloud.outputs['Copies'], Key: 'pages/old.html', Body: 'old' }),
    )
  }
  await using changed = await run(directory.path, { greeting: 'bonjour' })
  const { Contents = [] } = await changed.s3.send(
    new ListObjectsV2Command({ Bucket: changed.cloud.outputs['Copies'], Prefix: 'pages/' }),
  )
  expect(Contents.map(({ Key }) => Key)).toEqual(['pages/index.html', 'pages/sub/config.json'])
})

it('serves bucket and function through the distribution, which signs for its viewers', async () => {
  await using directory = await scratch()
  await using running = await run(directory.path)
  const { PlaybackUrl = '', AwsEndpoint = '' } = running.cloud.outputs
  expect(await (await fetch(`${PlaybackUrl}/pages/index.html`)).text()).toBe('<h1>ü</h1>')
  expect(await (await fetch(`${PlaybackUrl}/greet`)).text()).toBe('hello')
  expect((await fetch(`${AwsEndpoint}/_aws/lambda-url/CopyUrl/greet`)).status).toBe(403)
  expect((await fetch(`${AwsEndpoint}/${running.cloud.outputs['Copies']}/pages/index.html`)).status).toBe(403)
})

describe('fails as AWS does', () => {
  it('when the function may not write: the message stays and the log says why', async () => {
    await using directory = await scratch()
    await using running = await run(directory.path, { without: ['MayWrite'] })
    const { cloud, s3, logged } = running
    await s3.send(new PutObjectCommand({ Bucket: cloud.outputs['Films'], Key: 'vod/a.mp4', Body: 'x' }))
    const refusal = await eventually(async () => logged.find((line) => line.includes('s3:PutObject')))
    expect(refusal).toContain(
      'User: arn:aws:sts::000000000000:assumed-role/Small-CopyRole/Small-Copy is not authorized to perform: s3:PutObject ' +
        'on resource: "arn:aws:s3:::small-copies/vod/a.mp4" because no identity-based policy allows the s3:PutObject action',
    )
    expect(await textAt(s3, cloud.outputs['Copies'], 'vod/a.mp4').catch(() => 'nothing')).toBe('nothing')
  })

  it.each([
    ['the queue does not let S3 send', { without: ['JobsPolicy'] }, 'S3_DESTINATION_REFUSED'],
    ['nothing trusts the role', { also: { CopyRole: untrusted() } }, 'IAM_ROLE_UNTRUSTED'],
  ])('when %s: the start is refused', async (_, stack, code) => {
    await using directory = await scratch()
    await expect(run(directory.path, stack)).rejects.toMatchObject({ code })
  })

  it('when the mapping is not there: the message waits in the queue', async () => {
    await using directory = await scratch()
    await using running = await run(directory.path, { without: ['Poll'] })
    const { cloud, s3 } = running
    await s3.send(new PutObjectCommand({ Bucket: cloud.outputs['Films'], Key: 'vod/a.mp4', Body: 'x' }))
    const sqs = new SQSClient(clientOf(cloud))
    const waiting = await eventually(async () => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: cloud.outputs['Queue'], AttributeNames: ['All'] }),
      )
      return Attributes?.['ApproximateNumberOfMessages'] === '1' ? '1' : undefined
    })
    expect(waiting).toBe('1')
    expect(cloud.functions()).toMatchObject({ 'Small-Copy': { invocations: 0 } })
  })

  it('when CloudFront may neither read the bucket nor call the function', async () => {
    await using directory = await scratch()
    await using running = await run(directory.path, { without: ['CdnMayRead', 'CdnMayInvoke'] })
    const { PlaybackUrl = '' } = running.cloud.outputs
    expect((await fetch(`${PlaybackUrl}/pages/index.html`)).status).toBe(403)
    expect((await fetch(`${PlaybackUrl}/greet`)).status).toBe(403)
  })
})

it('keeps everything over a restart and takes up a changed template', async () => {
  await using directory = await scratch()
  const item = { pk: { S: 'vod/a' }, title: { S: 'A' } }
  let secret: string | undefined
  {
    await using first = await run(directory.path)
    const { cloud, s3 } = first
    await s3.send(new PutObjectCommand({ Bucket: cloud.outputs['Films'], Key: 'vod/a.mp4', Body: 'moving' }))
    await new DynamoDBClient(clientOf(cloud)).send(
      new PutItemCommand({ TableName: cloud.outputs['Table'], Item: item }),
    )
    const found = await new SecretsManagerClient(clientOf(cloud)).send(
      new GetSecretValueCommand({ SecretId: cloud.outputs['Secret'] }),
    )
    secret = found.SecretString
  }
  const also = { More: { Type: 'AWS::S3::Bucket' } }
  await using second = await run(directory.path, { also, greeting: 'bonjour' })
  const { cloud, s3 } = second
  const { Films, Table, Secret, PlaybackUrl } = cloud.outputs
  expect(await textAt(s3, Films, 'vod/a.mp4')).toBe('moving')
  const { Item } = await new DynamoDBClient(clientOf(cloud)).send(
    new GetItemCommand({ TableName: Table, Key: { pk: item.pk } }),
  )
  expect(Item).toEqual(item)
  const kept = await new SecretsManagerClient(clientOf(cloud)).send(
    new GetSecretValueCommand({ SecretId: Secret }),
  )
  expect(kept.SecretString).toBe(secret)
  expect(await (await fetch(`${PlaybackUrl}/greet`)).text()).toBe('bonjour')
  await s3.send(new PutObjectCommand({ Bucket: 'small-more', Key: 'new', Body: 'x' }))
})

it('lets one run at a time into a data directory', async () => {
  await using directory = await scratch()
  {
    await using first = await run(directory.path)
    await expect(run(directory.path)).rejects.toMatchObject({ code: 'LOCAL_DATA_IN_USE' })
    expect((await fetch(`${first.cloud.outputs['PlaybackUrl']}/greet`)).status).toBe(200)
  }
  await using _ = await run(directory.path)
})

function untrusted() {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      },
    },
  }
}

it('refuses a stack of a region it does not have, before it takes anything', async () => {
  await using directory = await scratch()
  const assemblyDir = await writeAssembly(join(directory.path, 'cdk.out'))
  const manifest = join(assemblyDir, 'manifest.json')
  const elsewhere = (await readFile(manifest, 'utf8')).replace(
    '"type"',
    '"environment":"aws://unknown-account/eu-north-1","type"',
  )
  await writeFile(manifest, elsewhere)
  const dataDir = join(directory.path, 'data')
  const starting = startCloud({ assemblyDir, dataDir, port: 0, log: () => {}, say: () => {} })
  await expect(starting).rejects.toThrow(/stacks of us-east-1.*Small \(eu-north-1\)/)
  await expect(readdir(dataDir)).rejects.toThrow('ENOENT')
})
