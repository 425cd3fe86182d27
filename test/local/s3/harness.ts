/** A local S3 behind a bare HTTP server, with the real SDK in front. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { afterAll } from 'vitest'
import { createS3, type S3, type S3ObjectEvent, type S3Options } from '../../../local/s3/index.ts'
import type { Caller } from '../../../local/service.ts'

export interface TestS3 {
  readonly s3: S3
  readonly endpoint: string
  readonly client: S3Client
  readonly dir: string
  readonly events: S3ObjectEvent[]
  clientWith(config: S3ClientConfig): S3Client
  /** Stops the server and the store; the folder stays until the test file ends. */
  stop(): Promise<void>
}

export interface TestS3Options extends Partial<S3Options> {
  readonly caller?: () => Caller
}

const dirs: string[] = []

export async function freshDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'headend-s3-'))
  dirs.push(dir)
  return dir
}

/** For `afterAll`. */
export async function removeDirs() {
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true })
}

export async function startS3({ caller, ...options }: TestS3Options = {}): Promise<TestS3> {
  const dir = options.dir ?? (await freshDir())
  const events: S3ObjectEvent[] = []
  const s3 = await createS3({
    authorize: () => {},
    identifySigner: () => ({ kind: 'person' }),
    emit: (event) => {
      events.push(event)
      return Promise.resolve()
    },
    ...options,
    dir,
  })
  const server = createServer((request, response) => {
    void s3.handle(request, response, caller?.() ?? { kind: 'person' })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clients: S3Client[] = []
  const clientWith = (config: S3ClientConfig) => {
    const client = new S3Client({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      ...config,
    })
    clients.push(client)
    return client
  }
  return {
    s3,
    endpoint,
    client: clientWith({}),
    dir,
    events,
    clientWith,
    async stop() {
      for (const client of clients) client.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
      await s3.close()
    },
  }
}

/** S3 with buckets for the tests of a file, which ends with them. */
export async function openS3(
  buckets: readonly Parameters<S3['createBucket']>[0][],
  options?: TestS3Options,
): Promise<TestS3> {
  const test = await startS3(options)
  afterAll(async () => {
    await test.stop()
    await removeDirs()
  })
  for (const bucket of buckets) await test.s3.createBucket(bucket)
  return test
}

/** The fault a promise is rejected with, as the SDK tells it. */
export async function fault(
  promise: Promise<unknown>,
): Promise<{ name: string; status: number | undefined }> {
  try {
    await promise
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const status =
      '$metadata' in error ? (error.$metadata as { httpStatusCode?: number }).httpStatusCode : undefined
    return { name: error.name, status }
  }
  throw new Error('expected a fault, got an answer')
}

/** Polls until `probe` gives something. */
export async function eventually<Result>(probe: () => Result | undefined | false): Promise<Result> {
  for (let tries = 0; tries < 500; tries++) {
    const result = probe()
    if (result !== undefined && result !== false) return result
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
  throw new Error('it never came')
}
