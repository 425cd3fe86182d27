/** The headend a doctor looks at: its front doors over HTTP, its AWS services by signed requests. */
import { setTimeout as wait } from 'node:timers/promises'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { s3Client } from '../../lib/platform/clients.ts'
import { keyTexts } from '../../lib/platform/key-texts.ts'
import { mintOperatorToken } from '../../lib/platform/operator-token.ts'
import { signedHeaders } from '../../lib/platform/sigv4.ts'
import { outputNamed } from '../commands/place.ts'
import type { Outputs } from '../commands/stack-outputs.ts'
import type { AwsCall, Patient, Played } from './check.ts'

/** Longer than CloudFront waits for its origins: what takes longer hangs. */
const patienceMs = 35_000
/** Of the operator's token: longer than the checks take. */
const lifetimeSeconds = 1800

/** Opens it; AWS clients already point to it. */
export async function openPatient(outputs: Outputs): Promise<Patient> {
  const output = (name: string) => outputNamed(outputs, name)
  const [key = ''] = await keyTexts(output('OperatorSecret'))
  const token = await mintOperatorToken(key, { now: new Date(), lifetimeSeconds })
  const s3 = s3Client()
  return {
    outputs,
    output,
    play: (path, options) => ask(/^https?:/.test(path) ? path : `${output('PlaybackUrl')}/${path}`, options),
    api: (method, path, body) =>
      ask(`${output('ApiUrl')}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }),
    aws: askAws,
    async upload(Key, Body) {
      await s3.send(new PutObjectCommand({ Bucket: output('UploadBucket'), Key, Body }))
    },
    wait: (ms) => wait(ms),
    now: Date.now,
  }
}

async function askAws({
  service,
  host,
  region,
  method,
  path,
  headers = {},
  body = '',
}: AwsCall): Promise<Played> {
  const base = new URL(process.env['AWS_ENDPOINT_URL'] ?? `https://${host}`)
  const url = new URL(path, base)
  const { host: _, ...signed } = signedHeaders(
    { method, host: base.host, path: url.pathname, query: url.search.slice(1), headers, body },
    {
      service,
      region,
      // Any client knows how to find them: environment, profile, single sign-on.
      credentials: await new SecretsManagerClient({ region }).config.credentials(),
      nowMs: Date.now(),
    },
  )
  return ask(url.href, { method, headers: signed, ...(body && { body }) })
}

async function ask(url: string, options: RequestInit = {}): Promise<Played> {
  const response = await fetch(url, { ...options, signal: AbortSignal.timeout(patienceMs) })
  const bytes = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, bytes, text: bytes.toString() }
}
