/** The headend a doctor looks at: its front doors over HTTP, its AWS services by signed requests. */
import { setTimeout as wait } from 'node:timers/promises'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { s3Client } from '../../lib/platform/aws/clients.ts'
import { readinessEntry } from '../../lib/platform/aws/edge-entries.ts'
import { keyTexts } from '../../lib/platform/aws/key-texts.ts'
import { keyValues } from '../../lib/platform/aws/key-values.ts'
import { askAsPerson } from '../../lib/platform/aws/secrets-client.ts'
import { signedHeaders } from '../../lib/platform/aws/sigv4.ts'
import { mintOperatorToken } from '../../lib/platform/operator/operator-token.ts'
import { within } from '../../local/within.ts'
import { outputNamed } from '../commands/place.ts'
import type { Outputs } from '../commands/stack-outputs.ts'
import { CommandError } from '../errors.ts'
import type { AwsCall, Patient, Played } from './check.ts'

/** Longer than CloudFront waits for its origins: what takes longer hangs. */
const patienceMs = 35_000
/** Two megabytes over a slow line. */
const uploadMs = 60_000
/** Of the operator's token: longer than the checks take. */
const lifetimeSeconds = 1800

/** A door that stands answers anything so soon, the first call of a function included. */
const knockMs = 10_000

/** The one of these outputs; AWS clients already point to it. Nothing is asked yet. */
export function openPatient(outputs: Outputs): Patient {
  const output = (name: string) => outputNamed(outputs, name)
  const keys = () => answered(knockMs, 'Secrets Manager', keyTexts(output('OperatorSecret'), askAsPerson))
  let token: Promise<string> | undefined
  const tokenOf = (): Promise<string> => {
    token ??= keys().then(([key = '']) => mintOperatorToken(key, { now: new Date(), lifetimeSeconds }))
    return token
  }
  const s3 = s3Client()
  return {
    outputs,
    output,
    async knock() {
      const doors: Readonly<Record<string, () => Promise<unknown>>> = {
        OperatorSecret: keys,
        // Without a token: a refusal is an answer, too.
        ApiUrl: () => ask(`${output('ApiUrl')}/v1/assets`, {}, knockMs),
        PlaybackUrl: () => ask(`${output('PlaybackUrl')}/vod/headend-doctor/index.m3u8`, {}, knockMs),
      }
      const silent = await Promise.all(
        Object.entries(doors).map(([name, open]) =>
          open().then(
            () => [],
            (error: unknown) => [`${name}: ${reasonOf(error)}`],
          ),
        ),
      )
      return silent.flat()
    },
    play: (path, options) => ask(/^https?:/.test(path) ? path : `${output('PlaybackUrl')}/${path}`, options),
    api: async (method, path, body) =>
      ask(`${output('ApiUrl')}${path}`, {
        method,
        headers: { authorization: `Bearer ${await tokenOf()}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }),
    aws: askAws,
    async edge() {
      const store = keyValues(output('SessionStore'))
      const asked = Promise.all([store.size(), store.get(readinessEntry)])
      const [size, readiness] = await answered(patienceMs, 'the key-value store', asked)
      return { size, readiness }
    },
    async upload(Key, Body) {
      const put = new PutObjectCommand({ Bucket: output('UploadBucket'), Key, Body })
      await s3.send(put, { abortSignal: AbortSignal.timeout(uploadMs) })
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

async function ask(url: string, options: RequestInit = {}, maxMs = patienceMs): Promise<Played> {
  try {
    const response = await fetch(url, { ...options, signal: AbortSignal.timeout(maxMs) })
    const bytes = Buffer.from(await response.arrayBuffer())
    return { status: response.status, headers: response.headers, bytes, text: bytes.toString() }
  } catch (cause) {
    const { method = 'GET' } = options
    // Neither a session nor a token: what is printed may be shown to others.
    const { host, pathname } = new URL(url)
    const path = pathname.replace(/^\/s\/[^/]+/, '/s/...')
    throw new CommandError('DOCTOR_SILENCE', `${method} ${host}${path}: ${reasonOf(cause)}`, { cause })
  }
}

/** fetch says no more than that it failed; why stands in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof TypeError && error.cause !== undefined ? reasonOf(error.cause) : error.message
}

/** For what has no bound of its own; it may go on unheard. */
async function answered<Value>(maxMs: number, what: string, asked: Promise<Value>): Promise<Value> {
  const answer = await within(maxMs, asked)
  if (answer !== undefined) return answer
  throw new CommandError('DOCTOR_SILENCE', `${what}: no answer in ${maxMs / 1000} s`)
}
