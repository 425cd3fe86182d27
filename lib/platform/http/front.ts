/** The public URLs of this headend, read at run time: the front is deployed after the functions that need them. */
import { HeadendError } from '../../errors.ts'
import { type AwsCredentials, signedHeaders } from '../aws/sigv4.ts'
import { again, untilDone } from '../retry.ts'

/** The front's description of itself; no URL has a trailing slash. */
export interface Front {
  readonly playbackUrl: string
  readonly licenceUrl: string
  readonly distributionId: string
}

/** Access to the front's parameter. */
export interface FrontOptions {
  /** The parameter's name in Systems Manager. */
  readonly parameter: string
  readonly credentials: () => AwsCredentials
  /** Epoch milliseconds. */
  readonly now: () => number
  /** @default AWS's endpoint */
  readonly endpoint?: string
}

/** The time until a new front is known everywhere. */
const ttlMs = 60_000
/** The front's region, whatever the caller's. */
const region = 'us-east-1'
const attempts = 3
const timeoutMs = 2000

/**
 * Returns the front, read at most once a minute however many ask. The known one stays in use while it can't be read
 * again: playback URLs change only with a deployment, and a fault of Systems Manager must not break what works.
 */
export function frontReader(options: FrontOptions): () => Promise<Front> {
  let known: Front | undefined
  let readAtMs = 0
  let reading: Promise<Front> | undefined
  const read = async (): Promise<Front> => {
    try {
      known = await readFront(options)
    } catch (error) {
      if (known === undefined) throw error
    } finally {
      reading = undefined
    }
    readAtMs = options.now()
    return known
  }
  return async () => {
    if (known !== undefined && options.now() - readAtMs < ttlMs) return known
    reading ??= read()
    return reading
  }
}

async function readFront({ parameter, credentials, now, endpoint }: FrontOptions): Promise<Front> {
  const base = new URL(endpoint ?? `https://ssm.${region}.amazonaws.com`)
  const body = JSON.stringify({ Name: parameter })
  const request = {
    method: 'POST',
    host: base.host,
    path: '/',
    query: '',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' },
    body,
  }
  let got = ''
  const attempt = async (): Promise<Front | typeof again> => {
    const headers = signedHeaders(request, {
      service: 'ssm',
      region,
      credentials: credentials(),
      nowMs: now(),
    })
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await fetch(new URL('/', base), { method: 'POST', headers, body, signal })
      const text = await response.text()
      if (response.ok) return frontIn(text, parameter)
      got = `${response.status} ${text.slice(0, 300)}`
      if (response.status < 500 && !text.includes('Throttling')) throw unknown(parameter, got)
    } catch (error) {
      if (error instanceof HeadendError) throw error
      got = error instanceof Error ? error.message : String(error)
    }
    return again
  }
  return untilDone(attempt, { most: attempts, exhausted: () => unknown(parameter, got) })
}

function frontIn(text: string, parameter: string): Front {
  const front: unknown = parsed(member(member(parsed(text), 'Parameter'), 'Value'))
  const [playbackUrl, licenceUrl, distributionId] = ['playbackUrl', 'licenceUrl', 'distributionId'].map(
    (name) => member(front, name),
  )
  if (
    typeof playbackUrl === 'string' &&
    typeof licenceUrl === 'string' &&
    typeof distributionId === 'string'
  ) {
    return { playbackUrl, licenceUrl, distributionId }
  }
  throw unknown(parameter, 'another value')
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

const unknown = (parameter: string, got: string): HeadendError =>
  new HeadendError(
    'FRONT_UNKNOWN',
    `parameter ${parameter} in ${region}: expected where films are played from, got ${got}; is the stack with the distribution deployed?`,
    { status: 503 },
  )
