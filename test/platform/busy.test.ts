/** Which failures of AWS services may pass, and how their askers are told. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it, vi } from 'vitest'
import { HeadendError } from '../../lib/errors.ts'
import { isBusy, isBusyAnswer, orBusy } from '../../lib/platform/aws/busy.ts'
import { s3Client, tableClient } from '../../lib/platform/aws/clients.ts'
import { secretVersions } from '../../lib/platform/aws/secret-versions.ts'
import { askAsPerson } from '../../lib/platform/aws/secrets-client.ts'
import { signedObjects } from '../../lib/platform/aws/signed-objects.ts'
import { signedTables } from '../../lib/platform/aws/signed-tables.ts'
import { kmsWrapping } from '../../lib/platform/aws/wrapping.ts'

/** An error as the SDK makes it of an answer. */
const refused = (httpStatusCode: number, name: string) =>
  Object.assign(new Error('said so'), { name, $metadata: { httpStatusCode, attempts: 3 } })
/** As Node makes it where there was none; the SDK notes its tries there, too. */
const lost = (code: string) => Object.assign(new Error('gone'), { code, $metadata: { attempts: 3 } })
const tooLate = Object.assign(new Error('no answer'), { name: 'TimeoutError' })

const passing = [
  refused(503, 'SlowDown'),
  refused(500, 'InternalError'),
  refused(500, 'KMSInternalException'),
  refused(503, 'Unknown'),
  refused(429, 'TooManyRequestsException'),
  refused(400, 'ThrottlingException'),
  refused(400, 'ProvisionedThroughputExceededException'),
  refused(400, 'RequestTimeout'),
  ...['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENOTFOUND'].map(lost),
  tooLate,
]
const final = [
  refused(403, 'AccessDenied'),
  refused(404, 'NoSuchBucket'),
  refused(400, 'KMSInvalidStateException'),
  refused(400, 'DisabledException'),
  refused(400, 'TransactionCanceledException'),
  refused(412, 'PreconditionFailed'),
  Object.assign(new Error('stopped'), { name: 'AbortError' }),
  lost('ERR_INVALID_ARG_TYPE'),
  new HeadendError('OBJECT_SHORT', 'shorter than it was', { status: 502 }),
  new TypeError('x is not a function'),
  'ECONNRESET',
  undefined,
]
const namesOf = (errors: readonly unknown[]) => errors.map((error) => [String(error), error] as const)

describe('every client', () => {
  it.each([
    ['S3', () => s3Client().send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }))],
    ['DynamoDB', () => tableClient().send(new GetCommand({ TableName: 't', Key: { pk: 'k' } }))],
    ['Secrets Manager', () => secretVersions('s', askAsPerson)],
    ['S3', () => signedObjects.whole({ bucket: 'b', key: 'k' })],
    ['DynamoDB', () => signedTables().get({ TableName: 't', Key: { pk: 'k' } })],
    ['KMS', () => kmsWrapping('key').unwrap(Buffer.from('x'), {})],
    ['Secrets Manager', () => secretVersions('s')],
  ])('of %s says so of a service that fails', async (service, ask) => {
    const server = createServer((request, response) => {
      request.resume()
      response.writeHead(500).end()
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const environment = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'y',
    }
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    const busy = { code: 'SERVICE_BUSY', status: 503, message: expect.stringMatching(`^${service}: `) }
    await expect(ask()).rejects.toMatchObject(busy)
    vi.unstubAllEnvs()
    server.closeAllConnections()
    server.close()
  })
})

describe('what may pass', () => {
  it.each(namesOf(passing))('is %s', (_, error) => {
    expect(isBusy(error)).toBe(true)
    const told = orBusy(error, 'S3')
    expect(told).toMatchObject({ code: 'SERVICE_BUSY', status: 503, cause: error })
    // What a service says of itself is for the log.
    expect(String(told)).not.toMatch(/said so|gone|no answer/)
  })

  it.each(namesOf(final))('is not %s', (_, error) => {
    expect(isBusy(error)).toBe(false)
    expect(orBusy(error, 'S3')).toBe(error)
  })

  it('is the same for who asks without the SDK', () => {
    expect([429, 500, 503, 504].map((status) => isBusyAnswer(status))).toEqual([true, true, true, true])
    expect([200, 400, 403, 404].map((status) => isBusyAnswer(status))).toEqual([false, false, false, false])
    expect(isBusyAnswer(400, 'RequestLimitExceeded')).toBe(true)
    expect(isBusyAnswer(400, 'ValidationException')).toBe(false)
  })
})
