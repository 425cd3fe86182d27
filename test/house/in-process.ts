/** A headend within the test's own process, so that what its functions and caches did can be counted. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { signIns } from '../../bin/local/sign-ins.ts'
import { type Cloud, startCloud } from '../../local/cloud.ts'
import type { LambdaLimits } from '../../local/lambda/index.ts'
import { assembly, changedAssembly, type Resource } from './assembly.ts'

/** A cloud, what it logged, and its end. */
export interface InProcess {
  readonly cloud: Cloud
  readonly outputs: Readonly<Record<string, string>>
  /** Where it keeps everything, its logs too. */
  readonly dataDir: string
  /** Lines of functions and services that say something failed. */
  readonly failures: readonly string[]
  upload(key: string, body: Uint8Array): Promise<void>
  /** What a notification says of an upload. */
  facts(key: string): Promise<{
    readonly key: string
    readonly size: number
    readonly eTag: string
    readonly versionId: string
  }>
  stop(): Promise<void>
}

/** Starts one over the template, changed where a test asks for it. */
export async function startInProcess(
  change?: (resources: Record<string, Resource>) => void,
  limits: Partial<LambdaLimits> = {},
): Promise<InProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'headend-'))
  const assemblyDir = change ? await changedAssembly(join(dataDir, 'cdk.out'), change) : await assembly()
  const failures: string[] = []
  const cloud = await startCloud({
    assemblyDir,
    dataDir: join(dataDir, 'data'),
    port: 0,
    log: ({ source, message }) => void failures.push(`${source}: ${message}`),
    secretOutputs: signIns,
    say: () => {},
    limits,
  })
  const s3 = new S3Client({
    endpoint: cloud.outputs['AwsEndpoint'] ?? '',
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  return {
    cloud,
    outputs: cloud.outputs,
    dataDir: join(dataDir, 'data'),
    failures,
    async upload(key, body) {
      await s3.send(new PutObjectCommand({ Bucket: cloud.outputs['UploadBucket'], Key: key, Body: body }))
    },
    async facts(key) {
      const head = await s3.send(new HeadObjectCommand({ Bucket: cloud.outputs['UploadBucket'], Key: key }))
      return {
        key,
        size: head.ContentLength ?? 0,
        eTag: (head.ETag ?? '').replaceAll('"', ''),
        versionId: head.VersionId ?? '',
      }
    },
    async stop() {
      s3.destroy()
      await cloud.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
