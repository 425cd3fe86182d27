/** The deployed handler itself: HTTP API events in, Secrets Manager and the key-value store over the wire. */
import type { LambdaEvent } from 'hono/aws-lambda'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sessionStore } from '../../lib/api/sessions/store.ts'
import { mintOperatorToken } from '../../lib/platform/operator/operator-token.ts'
import { createKeyValueStores, type KeyValueStores } from '../../local/key-value-store/index.ts'
import { createParameters } from '../../local/parameters/index.ts'
import { createSecrets } from '../../local/secrets/index.ts'
import { allow, scratch, serve } from '../local/serve.ts'

const arn = 'arn:aws:cloudfront::000000000000:key-value-store/sessions'
const key = 'k'.repeat(64)
const close: (() => Promise<void>)[] = []
let values: ReturnType<KeyValueStores['values']>
let handler: typeof import('../../lambdas/api/api.ts')['handler']

beforeAll(async () => {
  const directory = await scratch()
  const stores = await createKeyValueStores({ path: `${directory.path}/kvs`, authorize: allow })
  await stores.createStore('sessions', arn)
  values = stores.values(arn)
  const secrets = await createSecrets({ path: `${directory.path}/secrets`, authorize: allow })
  const secretArn = await secrets.createSecret('operator', { SecretString: JSON.stringify({ key }) })
  const parameters = createParameters({ authorize: allow })
  const front = { playbackUrl: 'https://play.example', licenceUrl: 'https://l.example', distributionId: 'E1' }
  parameters.put('/Headend/front', { Value: JSON.stringify(front) })
  const servedFront = await serve(parameters)
  const servedStores = await serve(stores)
  const servedSecrets = await serve(secrets)
  close.push(
    () => servedStores.close(),
    () => servedFront.close(),
    () => servedSecrets.close(),
    () => stores.close(),
    () => secrets.close(),
    () => directory.remove(),
  )
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: servedStores.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: servedSecrets.endpoint,
    OPERATOR_SECRET: secretArn,
    SESSION_STORE: arn,
    AWS_ENDPOINT_URL_SSM: servedFront.endpoint,
    FRONT_PARAMETER: '/Headend/front',
    INDEX_TABLE: 'index',
    CHANNELS_TABLE: 'channels',
    RIGHTS_TABLE: 'rights',
    CONTENT_KEYS: 'content-keys',
    PLAYBACK_SECRET: secretArn,
    UPLOAD_BUCKET: 'upload',
    ARCHIVE_QUEUE: 'https://sqs.example/archive',
    INGEST_QUEUE: 'https://sqs.example/ingest',
    MEDIA_BUCKET: 'media',
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  // The handler reads its environment when it is loaded.
  const loaded = await import('../../lambdas/api/api.ts')
  handler = loaded.handler
})
afterAll(async () => {
  vi.unstubAllEnvs()
  for (const step of close) await step()
})

async function call(method: string, path: string, options: { token?: string; body?: unknown } = {}) {
  const answer = await handler(event(method, path, options))
  return { status: answer.statusCode, json: JSON.parse(answer.body || 'null') as unknown }
}

describe('the handler', () => {
  it('takes an operator token, and says what is wrong with another', async () => {
    const now = new Date()
    const expired = await mintOperatorToken(key, { now: new Date(0) })
    const foreign = await mintOperatorToken('f'.repeat(64), { now })
    const body = { content: 'vod/film' }
    for (const [token, code] of [
      [undefined, 'TOKEN_MISSING'],
      ['nonsense', 'TOKEN_INVALID'],
      [foreign, 'TOKEN_INVALID'],
      [expired, 'TOKEN_EXPIRED'],
    ] as const)
      expect(await call('POST', '/v1/sessions', { body, ...(token && { token }) })).toMatchObject({
        status: 401,
        json: { error: { code } },
      })
    const token = await mintOperatorToken(key, { now })
    expect((await call('POST', '/v1/sessions', { token, body })).status).toBe(201)
  })

  it('answers what is open without a token', async () => {
    expect(await call('GET', '/health')).toEqual({ status: 200, json: { status: 'ok' } })
    expect(await call('GET', '/openapi.json')).toMatchObject({ json: { openapi: '3.1.0' } })
    expect(await call('GET', '/v2/none')).toMatchObject({ json: { error: { code: 'ROUTE_NOT_FOUND' } } })
  })

  it('takes a decoded path for what it is, and decodes it no further', async () => {
    const token = await mintOperatorToken(key, { now: new Date() })
    for (const account of ['x%62', 'org/x%62', 'a b'])
      expect(await call('DELETE', `/v1/accounts/${account}/tokens`, { token })).toMatchObject({
        status: 400,
        json: { error: { code: 'REQUEST_INVALID' } },
      })
    expect(await call('GET', '/v1/assets/film#?', { token })).toMatchObject({
      json: { error: { code: 'REQUEST_INVALID' } },
    })
  })

  it('puts the signing key and a revocation where the viewer-request function reads', async () => {
    const token = await mintOperatorToken(key, { now: new Date() })
    const made = await call('POST', '/v1/sessions', { token, body: { content: 'vod/film' } })
    const { sessionId } = made.json as { sessionId: string }
    expect(values.get('k.1')).toMatch(/^[0-9a-f]{64}$/)
    expect(values.get(`r.${sessionId}`)).toBeUndefined()
    expect((await call('DELETE', `/v1/sessions/${sessionId}`, { token })).status).toBe(204)
    expect(Number(values.get(`r.${sessionId}`))).toBeGreaterThan(Date.now() / 1000)
  })
})

describe('the session store', () => {
  it('gives all who ask at once the same value', async () => {
    let made = 0
    const asked = Array.from({ length: 6 }, () =>
      sessionStore(arn).once('k.contested', () => `key ${made++}`),
    )
    const all = await Promise.all(asked)
    expect(new Set(all)).toEqual(new Set([values.get('k.contested')]))
  })

  it('loses no entry where others write at the same time', async () => {
    const names = ['r.a', 'r.b', 'r.c', 'r.d']
    await Promise.all(names.map((name) => sessionStore(arn).put(name, 'x')))
    expect(names.map((name) => values.get(name))).toEqual(['x', 'x', 'x', 'x'])
  })
})

function event(
  method: string,
  path: string,
  { token, body }: { readonly token?: string; readonly body?: unknown },
): Extract<LambdaEvent, { readonly rawPath: string }> {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: {
      host: 'api.example',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    requestContext: {
      accountId: '000000000000',
      authentication: null,
      authorizer: {},
      apiId: 'api',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'r1',
      routeKey: '$default',
      stage: '$default',
      time: '31/Jan/2026:12:00:00 +0000',
      timeEpoch: 0,
    },
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
  }
}
