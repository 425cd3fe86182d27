import { Agent, request } from 'node:http'
import { connect, type LookupFunction } from 'node:net'
import {
  CloudFrontKeyValueStoreClient,
  DescribeKeyValueStoreCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { readBody } from '../../../local/aws-json.ts'
import { createCredentials, createGateway, type Listener, listen } from '../../../local/gateway/index.ts'
import type { AwsService, Caller } from '../../../local/service.ts'

interface Seen {
  readonly service: string
  readonly caller: Caller
  readonly body: string
}

const credentials = createCredentials()
const role = credentials.forRole('IngestRole')
const person = { accessKeyId: 'AKIAPERSON', secretAccessKey: 'whatever' }
let seen: Seen[] = []
let now = () => Date.now()
let listener: Listener

/** Answers every request of one service and remembers who asked. */
function echo(name: string): AwsService {
  return {
    name,
    async handle(message, response, caller) {
      const body = await readBody(message, 1_000_000)
      seen.push({ service: name, caller, body: body.toString() })
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(name === 's3' ? '' : '{}')
    },
    close: async () => undefined,
  }
}

beforeAll(async () => {
  listener = await listen(0)
  const names = ['s3', 'dynamodb', 'sqs', 'secretsmanager', 'cloudfront-keyvaluestore']
  const door = {
    async handle(
      message: Parameters<AwsService['handle']>[0],
      response: Parameters<AwsService['handle']>[1],
      caller: Caller,
      target: string,
    ) {
      seen.push({
        service: 'function-url',
        caller,
        body: target + (await readBody(message, 1000)).toString(),
      })
      response.end('ok')
    },
  }
  listener.answerWith(
    createGateway({
      credentials,
      services: names.map(echo),
      functionUrls: new Map([['PackagerUrl', door]]),
      instance: 'run-1',
      nowMs: () => now(),
    }),
  )
})
afterAll(() => listener.close())
beforeEach(() => {
  seen = []
  now = () => Date.now()
})

const configuration = (keys: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) => ({
  region: 'us-east-1',
  endpoint: listener.url,
  credentials: keys,
  maxAttempts: 1,
})

describe('a function is known by its signature', () => {
  it('in every service and kind of request the SDK signs', async () => {
    const common = configuration(role)
    const s3 = new S3Client(common)
    await s3.send(
      new PutObjectCommand({
        Bucket: 'films',
        Key: "vod/a b+c'(ü)~!*.mp4",
        Body: 'film',
        Metadata: { a: 'x  y' },
      }),
    )
    await s3.send(
      new GetObjectCommand({ Bucket: 'films', Key: 'a//b/../c', ResponseContentType: 'text/plain; a=b' }),
    )
    await new DynamoDBClient(common).send(new ListTablesCommand({}))
    await new SQSClient(common).send(new ListQueuesCommand({ QueueNamePrefix: 'ü' }))
    await new SecretsManagerClient(common).send(new GetSecretValueCommand({ SecretId: 'x' }))
    expect(seen.map(({ service }) => service)).toEqual(['s3', 's3', 'dynamodb', 'sqs', 'secretsmanager'])
    expect(seen.every(({ caller }) => caller.kind === 'role' && caller.role === 'IngestRole')).toBe(true)
  })

  it('with the bucket in the name of the host, whatever service the path looks like', async () => {
    const lookup: LookupFunction = (_, options, done) => {
      if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }])
      else done(null, '127.0.0.1', 4)
    }
    const endpoint = `http://localhost:${listener.port}`
    const requestHandler = { httpAgent: new Agent({ lookup }) }
    const s3 = new S3Client({ ...configuration(role), endpoint, requestHandler })
    const Key = '_aws/lambda-url/PackagerUrl/a b+c'
    await s3.send(new PutObjectCommand({ Bucket: 'films', Key, Body: 'film' }))
    expect(seen).toMatchObject([{ service: 's3', caller: { kind: 'role', role: 'IngestRole' } }])
    s3.destroy()
  })

  it('in SigV4A, which the key value store asks for', async () => {
    // Given as an option, the client puts the account before its host, which an address cannot bear.
    await import('@aws-sdk/signature-v4a')
    vi.stubEnv('AWS_ENDPOINT_URL', listener.url)
    const client = new CloudFrontKeyValueStoreClient({ ...configuration(role), endpoint: undefined })
    client.config.endpointProvider = () => ({
      url: new URL(listener.url),
      properties: {
        authSchemes: [
          { name: 'sigv4a', signingName: 'cloudfront-keyvaluestore', signingRegion: '*', properties: {} },
        ],
      },
    })
    const KvsARN = 'arn:aws:cloudfront::000000000000:key-value-store/11111111-1111-1111-1111-111111111111'
    await client.send(new DescribeKeyValueStoreCommand({ KvsARN }))
    vi.unstubAllEnvs()
    expect(seen).toMatchObject([{ service: 'cloudfront-keyvaluestore', caller: { kind: 'role' } }])
  })

  it('in a presigned URL, until it expires', async () => {
    const url = await getSignedUrl(
      new S3Client(configuration(role)),
      new GetObjectCommand({ Bucket: 'films', Key: 'a b.mp4' }),
      {
        expiresIn: 60,
      },
    )
    expect((await fetch(url)).status).toBe(200)
    expect(seen).toMatchObject([{ service: 's3', caller: { kind: 'role', role: 'IngestRole' } }])
    now = () => Date.now() + 61_000
    const late = await fetch(url)
    expect([late.status, await late.text()]).toEqual([
      403,
      expect.stringContaining('<Message>Request has expired</Message>'),
    ])
    now = () => Date.now()
    expect((await fetch(url.replace('a%20b', 'other'))).status).toBe(403)
    expect((await fetch(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).status).toBe(403)
  })

  it.each([
    ['another secret', { secretAccessKey: 'guessed' }, 'SignatureDoesNotMatch'],
    ['the token of an earlier run', { sessionToken: 'old' }, 'InvalidToken'],
    ['no token', { sessionToken: undefined }, 'InvalidToken'],
  ])('and refused with %s', async (_, change, name) => {
    const s3 = new S3Client(configuration({ ...role, ...change }))
    const failed = s3.send(new GetObjectCommand({ Bucket: 'films', Key: 'a' }))
    await expect(failed).rejects.toMatchObject({ name })
    expect(seen).toEqual([])
  })

  it('and refused when the clock is a quarter of an hour off', async () => {
    now = () => Date.now() + 16 * 60 * 1000
    const s3 = new S3Client(configuration(role))
    await expect(s3.send(new GetObjectCommand({ Bucket: 'films', Key: 'a' }))).rejects.toMatchObject({
      name: 'RequestTimeTooSkewed',
    })
    const dynamodb = new DynamoDBClient(configuration(role))
    await expect(dynamodb.send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    })
  })

  it('and refused when the body or a header was changed on the way', async () => {
    const dynamodb = new DynamoDBClient(configuration(role))
    dynamodb.middlewareStack.add(
      (next) => (args) => {
        if (typeof args.request === 'object' && args.request !== null)
          Object.assign(args.request, { body: '[]' })
        return next(args)
      },
      { step: 'deserialize', priority: 'low' },
    )
    await expect(dynamodb.send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    })
    const url = await getSignedUrl(
      new S3Client(configuration(role)),
      new PutObjectCommand({ Bucket: 'films', Key: 'a' }),
    )
    const response = await fetch(url, { method: 'PUT', body: 'x', headers: { 'x-amz-acl': 'public-read' } })
    expect(await response.text()).toContain('<HeadersNotSigned>x-amz-acl</HeadersNotSigned>')
  })
})

describe('the person at this machine', () => {
  it('is believed whatever the key', async () => {
    await new DynamoDBClient(configuration(person)).send(new ListTablesCommand({}))
    await new S3Client(configuration(person)).send(
      new PutObjectCommand({ Bucket: 'films', Key: 'a', Body: 'film' }),
    )
    expect(seen.map(({ caller }) => caller.kind)).toEqual(['person', 'person'])
  })

  it('is held to the expiry of a presigned URL', async () => {
    const url = await getSignedUrl(
      new S3Client(configuration(person)),
      new GetObjectCommand({ Bucket: 'films', Key: 'a' }),
      {
        expiresIn: 5,
      },
    )
    now = () => Date.now() + 6000
    expect((await fetch(url)).status).toBe(403)
  })

  it.each<readonly [string, (url: string) => string, Readonly<Record<string, string>>, string]>([
    [
      'a header of S3 that was not signed',
      (url) => url,
      { 'x-amz-meta-title': 'a' },
      'HeadersNotSigned>x-amz-meta-title<',
    ],
    [
      'a signed header that did not come',
      (url) => url.replace('SignedHeaders=host', 'SignedHeaders=content-type%3Bhost'),
      {},
      'SignatureDoesNotMatch',
    ],
    [
      'a signature cut off',
      (url) => url.replace(/(Signature=[0-9a-f]{60})[0-9a-f]{4}/, '$1'),
      {},
      'SignatureDoesNotMatch',
    ],
    [
      'a credential of another day',
      (url) => url.replace(/%2F20\d{6}%2F/, '%2F20200101%2F'),
      {},
      'SignatureDoesNotMatch',
    ],
  ])('is refused with %s, as whatever the secret is', async (_, changed, headers, said) => {
    const url = await getSignedUrl(
      new S3Client(configuration(person)),
      new PutObjectCommand({ Bucket: 'films', Key: 'a' }),
    )
    // A header without a value is none; undici would add one to a text.
    const body = new Uint8Array(1)
    expect((await fetch(url, { method: 'PUT', body })).status).toBe(200)
    const refused = await fetch(changed(url), { method: 'PUT', body, headers })
    expect(refused.status).toBe(403)
    expect(await refused.text()).toContain(said)
  })
})

it('takes the preflight of a presigned upload as anonymous: nobody signed it', async () => {
  const command = new PutObjectCommand({ Bucket: 'films', Key: 'a' })
  const url = await getSignedUrl(new S3Client(configuration(role)), command)
  expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(200)
  expect(seen).toMatchObject([{ service: 's3', caller: { kind: 'anonymous' } }])
})

it('takes a request without credentials as anonymous, a bearer token included', async () => {
  await fetch(`${listener.url}/films/a`)
  await fetch(`${listener.url}/_aws/lambda-url/PackagerUrl/media/x?y=1`, {
    headers: { authorization: 'Bearer x' },
  })
  expect(seen).toEqual([
    { service: 's3', caller: { kind: 'anonymous' }, body: '' },
    { service: 'function-url', caller: { kind: 'anonymous' }, body: '/media/x?y=1' },
  ])
})

it('knows another part of the cloud by the header it was given, and nobody by a guess', async () => {
  const caller: Caller = { kind: 'service', principal: 'cloudfront.amazonaws.com', sourceArn: 'arn:d' }
  const url = `${listener.url}/_aws/lambda-url/PackagerUrl`
  await fetch(url, { headers: { authorization: credentials.forService(caller) } })
  await fetch(url, { headers: { authorization: 'AWS-LOCAL-SERVICE guess' } })
  expect(seen.map((entry) => entry.caller)).toEqual([caller, { kind: 'anonymous' }])
})

it('says which run it is', async () => {
  expect(await (await fetch(`${listener.url}/_aws/instance`)).text()).toBe('run-1')
})

const ask = async (headers: Record<string, string>, path = '/') => {
  const response = await fetch(listener.url + path, { method: 'POST', headers, body: '{}' })
  return [response.status, await response.text()]
}

it('refuses in the words of the service what is no request', async () => {
  const half = { authorization: 'AWS4-HMAC-SHA256 Credential=x' }
  expect(await ask(half)).toEqual([400, expect.stringContaining('<Code>AuthorizationHeaderMalformed</Code>')])
  expect(await ask({ ...half, 'x-amz-target': 'DynamoDB_20120810.ListTables' })).toEqual([
    400,
    expect.stringContaining('IncompleteSignature'),
  ])
  expect(await ask({ 'x-amz-target': 'Unheard.Of' })).toEqual([
    501,
    expect.stringContaining('UnknownOperationException'),
  ])
  expect(await ask({}, '/a?X-Amz-Signature=x')).toEqual([
    400,
    expect.stringContaining('AuthorizationQueryParametersError'),
  ])
  expect(await ask({}, '/_aws/lambda-url/Nobody/')).toEqual([
    404,
    expect.stringContaining('ResourceNotFoundException'),
  ])
})

it('outlives what no client sends', async () => {
  const { port } = listener
  const raw = (text: string | Buffer) =>
    new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      let answer = ''
      socket.on('data', (chunk) => (answer += chunk.toString()))
      socket.on('close', () => resolve(answer))
      socket.on('error', () => resolve(answer))
      socket.setTimeout(300, () => socket.destroy())
    })
  expect(await raw(Buffer.from([0x16, 3, 1, 0, 200, 1]))).toMatch(/^HTTP\/1\.1 400/)
  expect(await raw(`GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 4/,
  )
  await raw('PUT /a/b HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nshort')
  await raw('GET //%E0%A4%A//..//?%%%=1&X-Amz-Algorithm HTTP/1.1\r\nhost: x\r\n\r\n')
  const tooMuch = await new Promise<number | undefined>((resolve) => {
    const sent = request(
      { port, method: 'POST', headers: { 'x-amz-target': 'DynamoDB_20120810.X' } },
      ({ statusCode }) => resolve(statusCode),
    )
    sent.on('error', () => resolve(undefined))
    sent.end(Buffer.alloc(18 * 1024 * 1024))
  })
  expect([413, undefined]).toContain(tooMuch)
  expect((await fetch(`${listener.url}/_aws/instance`)).status).toBe(200)
})

it('names the flag when a port is taken', async () => {
  await expect(listen(listener.port)).rejects.toMatchObject({
    code: 'LOCAL_PORT_TAKEN',
    message: expect.stringContaining('--port'),
  })
})
