/** Deployments into buckets, run when the template changed them, as CloudFormation runs a custom resource. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWhole } from '../data-dir.ts'
import { isRecord } from '../json-input.ts'
import { making } from '../making.ts'
import type { Template } from '../template/model.ts'
import { type DeploymentTarget, deploy, deploymentBucket } from './deploy.ts'

export interface DeploymentSettings {
  readonly template: Template
  readonly dataDir: string
  readonly awsEndpoint: string
}

/** Runs each deployment whose sources, values or settings are not those it ran with last. */
export async function runDeployments({ template, dataDir, awsEndpoint }: DeploymentSettings): Promise<void> {
  const file = join(dataDir, 'deployments.json')
  const done = await readDone(file)
  for (const resource of template.ofType('Custom::CDKBucketDeployment')) {
    const wanted = createHash('sha256').update(JSON.stringify(resource.properties)).digest('hex')
    if (done.get(resource.id) === wanted) continue
    await making(resource, async () => {
      await deploy(template, resource, await bucketTarget(awsEndpoint, deploymentBucket(resource)))
      done.set(resource.id, wanted)
      await writeWhole(file, JSON.stringify(Object.fromEntries(done)))
    })
  }
}

async function readDone(file: string): Promise<Map<string, unknown>> {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  const value: unknown = JSON.parse(text)
  return new Map(Object.entries(isRecord(value) ? value : {}))
}

/** The SDK is loaded only when there is something to copy: most starts have nothing. */
async function bucketTarget(awsEndpoint: string, bucket: string): Promise<DeploymentTarget> {
  const { DeleteObjectsCommand, paginateListObjectsV2, PutObjectCommand, S3Client } = await import(
    '@aws-sdk/client-s3'
  )
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: awsEndpoint,
    forcePathStyle: true,
    credentials,
  })
  return {
    async put(key, body, headers) {
      const own = Object.entries(headers).filter(([name]) => name.startsWith(metadataPrefix))
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: headers['content-type'],
          CacheControl: headers['cache-control'],
          ContentDisposition: headers['content-disposition'],
          ContentEncoding: headers['content-encoding'],
          ContentLanguage: headers['content-language'],
          Metadata: Object.fromEntries(
            own.map(([name, value]) => [name.slice(metadataPrefix.length), value]),
          ),
        }),
      )
    },
    async list(prefix) {
      const keys: string[] = []
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key)
      }
      return keys
    },
    async remove(keys) {
      for (let at = 0; at < keys.length; at += 1000) {
        const Objects = keys.slice(at, at + 1000).map((Key) => ({ Key }))
        await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }))
      }
    },
  }
}

const metadataPrefix = 'x-amz-meta-'
