/** Routes of AWS_IAM: whose signature they take, and what the function is told of who signed. */
import { afterEach, describe, expect, it } from 'vitest'
import { signedHeaders } from '../../../lib/platform/aws/sigv4.ts'
import { createCredentials, type RoleCredentials } from '../../../local/gateway/index.ts'
import { createHttpApi, iamAuthorizer } from '../../../local/http-api/index.ts'
import { AwsFault } from '../../../local/service.ts'
import { fakeFunctions } from '../event-sources/fake-functions.ts'
import { type Serving, serve } from './serving.ts'

let serving: Serving | undefined
afterEach(async () => {
  await serving?.close()
  serving = undefined
})

const nowMs = Date.UTC(2026, 10, 21, 12)
const credentials = createCredentials()
const packager = credentials.forRole('PackagerRole')
const stranger = credentials.forRole('StrangerRole')
const asked: string[] = []

async function open(): Promise<string> {
  const api = createHttpApi({
    apiId: 'abc123',
    stage: '$default',
    routes: [{ routeKey: 'POST /speke/copy', functionName: 'api', authorizer: 'AWS_IAM' }],
    functions: fakeFunctions((text) => ({
      statusCode: 200,
      body: JSON.stringify((JSON.parse(text) as { requestContext: unknown }).requestContext),
    })),
    log: () => {},
    iam: iamAuthorizer({
      credentials,
      now: () => nowMs,
      authorize(caller, action, resource) {
        asked.push(`${action} ${resource}`)
        if (caller.kind === 'role' && caller.role !== 'PackagerRole')
          throw new AwsFault('AccessDenied', 'no', 403)
        if (caller.kind === 'anonymous') throw new AwsFault('AccessDenied', 'no', 403)
      },
    }),
  })
  serving = await serve((request, response) => api.handle(request, response))
  return serving.url
}

interface Sent {
  readonly by?: RoleCredentials | { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly service?: string
  readonly signed?: string
  readonly body?: string
  readonly atMs?: number
}

async function post({
  by = packager,
  service = 'execute-api',
  signed,
  body = '<CPIX/>',
  atMs = nowMs,
}: Sent) {
  const url = await open()
  const { host: _, ...headers } = signedHeaders(
    {
      method: 'POST',
      host: new URL(url).host,
      path: '/speke/copy',
      query: '',
      headers: { 'content-type': 'application/xml' },
      body: signed ?? body,
    },
    { service, region: 'us-east-1', credentials: by, nowMs: atMs },
  )
  return fetch(`${url}/speke/copy`, { method: 'POST', headers, body })
}

describe('a route of AWS_IAM', () => {
  it('lets a role through that may call it, and tells the function who it is', async () => {
    const response = await post({})
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      authorizer: {
        iam: {
          accessKey: packager.accessKeyId,
          accountId: '000000000000',
          userArn: 'arn:aws:sts::000000000000:assumed-role/PackagerRole/PackagerRole',
        },
      },
    })
    expect(asked.at(-1)).toBe(
      'execute-api:Invoke arn:aws:execute-api:us-east-1:000000000000:abc123/$default/POST/speke/copy',
    )
  })

  it('believes the person at this machine, as every service here does', async () => {
    const response = await post({ by: { accessKeyId: 'AKIAMINE', secretAccessKey: 'x' } })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      authorizer: { iam: { userArn: 'arn:aws:iam::000000000000:user/AKIAMINE' } },
    })
  })

  it.each<[string, Sent]>([
    ['a role that may not', { by: stranger }],
    ['a signature over another body', { signed: '<MPD/>' }],
    ['a signature with another secret', { by: { ...packager, secretAccessKey: 'guessed' } }],
    [
      'a signature without its session token',
      { by: { accessKeyId: packager.accessKeyId, secretAccessKey: packager.secretAccessKey } },
    ],
    ['a signature for another service', { service: 's3' }],
    ['a signature of an hour ago', { atMs: nowMs - 3_600_000 }],
  ])('refuses %s with Forbidden', async (_, sent) => {
    const response = await post(sent)
    expect([response.status, await response.json()]).toEqual([403, { message: 'Forbidden' }])
  })

  it.each([{}, { authorization: 'Bearer x' }, { authorization: 'AWS4-HMAC-SHA256 Credential=x' }])(
    'refuses who does not sign: %o',
    async (headers) => {
      const response = await fetch(`${await open()}/speke/copy`, { method: 'POST', headers, body: 'x' })
      expect([response.status, await response.json()]).toEqual([403, { message: 'Forbidden' }])
    },
  )
})
