import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { startCloud } from '../../../local/cloud.ts'
import { scratch, writeAssembly } from './small-stack.ts'

type Outputs = Readonly<Record<string, string>>

const clientOf = (outputs: Outputs) => ({
  region: 'us-east-1',
  endpoint: outputs['AwsEndpoint'],
  credentials: { accessKeyId: 'mine', secretAccessKey: 'mine' },
  forcePathStyle: true,
  maxAttempts: 1,
})

it('loses nothing it acknowledged when it is killed in the middle of uploads and of what follows them', async () => {
  await using directory = await scratch()
  const assemblyDir = await writeAssembly(join(directory.path, 'assembly'))
  const dataDir = join(directory.path, 'data')
  const child = spawn(
    process.execPath,
    [fileURLToPath(import.meta.resolve('./run-small.ts')), assemblyDir, dataDir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [line] = await once(createInterface(child.stdout), 'line')
  const outputs: Outputs = JSON.parse(String(line))

  const films: string[] = []
  const items: string[] = []
  const s3 = new S3Client(clientOf(outputs))
  const dynamodb = new DynamoDBClient(clientOf(outputs))
  // Six writers at once, so that some are always under way when the end comes.
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    for (let turn = 0; ; turn++) {
      const name = `${writer}-${turn}`
      await s3.send(
        new PutObjectCommand({ Bucket: outputs['Films'], Key: `vod/${name}.mp4`, Body: name.repeat(5000) }),
      )
      films.push(name)
      await dynamodb.send(new PutItemCommand({ TableName: outputs['Table'], Item: { pk: { S: name } } }))
      items.push(name)
      if (films.length >= 40) child.kill('SIGKILL')
    }
  })
  await Promise.allSettled(writers)

  const cloud = await startCloud({
    assemblyDir,
    dataDir,
    port: 0,
    say: () => undefined,
    log: () => undefined,
  })
  await using _ = { [Symbol.asyncDispose]: () => cloud.close() }
  const after = new S3Client(clientOf(cloud.outputs))
  const textAt = async (bucket: string | undefined, key: string) =>
    (await after.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body?.transformToString()
  for (const name of films)
    expect(await textAt(cloud.outputs['Films'], `vod/${name}.mp4`)).toBe(name.repeat(5000))
  const { Items = [] } = await new DynamoDBClient(clientOf(cloud.outputs)).send(
    new ScanCommand({ TableName: cloud.outputs['Table'] }),
  )
  expect(Items.map(({ pk }) => pk?.S)).toEqual(expect.arrayContaining(items))
  for (const name of films) {
    // Messages that were being worked on show again when their visibility is over.
    let copy: string | undefined
    for (let turn = 0; turn < 150 && copy === undefined; turn++) {
      copy = await textAt(cloud.outputs['Copies'], `vod/${name}.mp4`).catch(() => undefined)
      if (copy === undefined) await wait(100)
    }
    expect(copy).toBe(name.repeat(5000))
  }
  expect(films.length).toBeGreaterThanOrEqual(40)
})
