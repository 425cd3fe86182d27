/** Faults on request, through the one endpoint of a cloud, in this process and by another's data directory. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Cloud, startCloud } from '../../../local/cloud.ts'
import { faultsFile, faultsOf, faultsPath } from '../../../local/faults/index.ts'
import { scratch, writeAssembly } from './small-stack.ts'

let cloud: Cloud
let dataDir: string
const opened = new AsyncDisposableStack()
beforeAll(async () => {
  const directory = opened.use(await scratch())
  dataDir = join(directory.path, 'data')
  cloud = await startCloud({
    assemblyDir: await writeAssembly(join(directory.path, 'assembly')),
    dataDir,
    port: 0,
    say: () => undefined,
    log: () => undefined,
  })
  opened.defer(() => cloud.close())
})
afterAll(() => opened.disposeAsync())
beforeEach(() => cloud.faults.remove())

const clientOf = (maxAttempts: number) => ({
  region: 'us-east-1',
  endpoint: String(cloud.outputs['AwsEndpoint']),
  credentials: { accessKeyId: 'mine', secretAccessKey: 'mine' },
  forcePathStyle: true,
  maxAttempts,
})
/** Any key that is no role's is the person's, whose signature is believed. */
const asPerson = {
  authorization: `AWS4-HMAC-SHA256 Credential=mine/20260131/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
  'x-amz-date': '20260131T000000Z',
}
const put = (Key: string, maxAttempts = 1) =>
  new S3Client(clientOf(maxAttempts)).send(
    new PutObjectCommand({ Bucket: cloud.outputs['Films'], Key, Body: 'moving' }),
  )

describe('S3', () => {
  it.each([
    ['throttle', 'SlowDown', 503],
    ['internal', 'InternalError', 500],
    ['denied', 'AccessDenied', 403],
  ] as const)('answers %s as AWS words it', async (kind, name, httpStatusCode) => {
    cloud.faults.add({ service: 's3', operation: 'PUT', keyPrefix: 'vod/', kind })
    await expect(put('vod/film')).rejects.toMatchObject({ name, $metadata: { httpStatusCode } })
    await put('other/film')
  })

  it('is slow for as many calls as a test says, and the SDK gets through', async () => {
    cloud.faults.add({ service: 's3', kind: 'throttle', times: 2 })
    await put('vod/film', 3)
    expect(cloud.faults.rules()).toMatchObject([{ met: 2 }])
  })

  it('breaks off without an answer', async () => {
    cloud.faults.add({ service: 's3', kind: 'reset', times: 1 })
    await expect(put('vod/film')).rejects.toMatchObject({ code: 'ECONNRESET' })
  })
})

it('resets a connection that is used again, as a frozen environment finds it', async () => {
  cloud.faults.add({ service: 'connection', operation: 'reuse', kind: 'reset' })
  const s3 = new S3Client(clientOf(1))
  const get = () => s3.send(new GetObjectCommand({ Bucket: cloud.outputs['Films'], Key: 'none' }))
  await expect(get()).rejects.toMatchObject({ name: 'NoSuchKey' })
  await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' })
  await expect(get()).rejects.toMatchObject({ name: 'NoSuchKey' })
})

it('meets services that know no table and no bucket at the endpoint', async () => {
  const secrets = new SecretsManagerClient(clientOf(1))
  const read = () =>
    secrets.send(new GetSecretValueCommand({ SecretId: cloud.outputs['Secret'] ?? 'Secret' }))
  cloud.faults.add({ service: 'secretsmanager', operation: 'GetSecretValue', kind: 'throttle' })
  await expect(read()).rejects.toMatchObject({ name: 'ThrottlingException' })
})

it('ends an environment that works on an event, and the next event has a new one', async () => {
  const invoke = async () => {
    const url = `${cloud.outputs['AwsEndpoint']}/2015-03-31/functions/Small-Copy/invocations`
    const answer = await fetch(url, { method: 'POST', body: '{"requestContext":{}}', headers: asPerson })
    return { error: answer.headers.get('x-amz-function-error'), text: await answer.text() }
  }
  // As often as it runs: what was uploaded before may come to the same function meanwhile.
  cloud.faults.add({ service: 'lambda', operation: 'run', resource: 'Copy', kind: 'kill' })
  const killed = await invoke()
  cloud.faults.remove()
  expect(killed.error).toBe('Unhandled')
  expect(killed.text).toContain('Runtime.ExitError')
  expect(await invoke()).toMatchObject({ error: null, text: expect.stringContaining('hello') })
})

describe('of a cloud in another process', () => {
  it('rules are added, counted and taken away over its endpoint', async () => {
    const faults = await faultsOf(dataDir)
    const id = await faults.add({ service: 's3', operation: 'PUT', kind: 'throttle', times: 1 })
    await expect(put('vod/film')).rejects.toMatchObject({ name: 'SlowDown' })
    expect(await faults.rules()).toMatchObject([{ id, met: 1, rule: { service: 's3' } }])
    await faults.remove(id)
    expect(await faults.rules()).toEqual([])
  })

  it('nobody adds any who cannot read its data directory', async () => {
    expect((await stat(faultsFile(dataDir))).mode & 0o777).toBe(0o600)
    const { url } = JSON.parse(await readFile(faultsFile(dataDir), 'utf8'))
    const rule = JSON.stringify({ service: 's3', kind: 'throttle' })
    for (const authorization of ['', 'Bearer guessed']) {
      const headers = { authorization }
      const answer = await fetch(`${url}${faultsPath}`, { method: 'POST', body: rule, headers })
      expect(answer.status).toBe(404)
    }
    expect(cloud.faults.rules()).toEqual([])
  })
})
