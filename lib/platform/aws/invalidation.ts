/**
 * Invalidates paths in CloudFront's caches. The request is signed by hand: a single call does not justify another SDK
 * client in functions that rarely make it.
 */
import { HeadendError } from '../../errors.ts'
import { type Pauses, pauseMs, realPauses } from '../retry.ts'
import { type AwsCredentials, signedHeaders } from './sigv4.ts'

/** One invalidation. */
export interface InvalidationRequest {
  readonly distributionId: string
  /** Each begins with a slash and may end with a star. */
  readonly paths: readonly string[]
  /** Idempotency token: the same reference is the same invalidation. */
  readonly reference: string
}

/** Dependencies of an invalidation. */
export interface InvalidationContext {
  readonly credentials: () => AwsCredentials
  readonly now: () => number
  /** @default CloudFront's endpoint */
  readonly endpoint?: string
  readonly pauses?: Pauses
}

const maxTries = 3
const timeoutMs = 3000

/**
 * Resolves when CloudFront has accepted the request; edge locations follow within a minute. Throws INVALIDATION_REFUSED
 * (503).
 */
export async function invalidate(
  request: InvalidationRequest,
  {
    credentials,
    now,
    endpoint = 'https://cloudfront.amazonaws.com',
    pauses = realPauses,
  }: InvalidationContext,
): Promise<void> {
  const base = new URL(endpoint)
  const path = `/2020-05-31/distribution/${request.distributionId}/invalidation`
  const body = batchOf(request)
  let got = ''
  for (let turn = 0; turn < maxTries; turn++) {
    await pauses.sleep(pauseMs(turn, pauses.random))
    const headers = signedHeaders(
      { method: 'POST', host: base.host, path, query: '', headers: { 'content-type': 'text/xml' }, body },
      { service: 'cloudfront', region: 'us-east-1', credentials: credentials(), nowMs: now() },
    )
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await fetch(new URL(path, base), { method: 'POST', headers, body, signal })
      const text = await response.text()
      if (response.ok) return
      got = `${response.status} ${text.slice(0, 500)}`
      // Too many invalidations in progress last for minutes: the caller retries later.
      if (response.status < 500 && response.status !== 429 && !text.includes('Throttling')) break
    } catch (error) {
      got = error instanceof Error ? error.message : String(error)
    }
  }
  throw new HeadendError(
    'INVALIDATION_REFUSED',
    `invalidation of ${request.paths.join(', ')} in ${request.distributionId}: expected 201, got ${got}; it is asked again later`,
    { status: 503 },
  )
}

function batchOf({ paths, reference }: InvalidationRequest): string {
  const items = paths.map((path) => `<Path>${escaped(path)}</Path>`).join('')
  return `<?xml version="1.0" encoding="UTF-8"?><InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><CallerReference>${escaped(reference)}</CallerReference><Paths><Items>${items}</Items><Quantity>${paths.length}</Quantity></Paths></InvalidationBatch>`
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
