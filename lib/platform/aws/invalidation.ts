/**
 * Has CloudFront's caches forget what lies under paths. Asked by hand: one call is not worth another client of the SDK
 * in the functions that rarely make it.
 */
import { HeadendError } from '../../errors.ts'
import { type Pauses, pauseMs, realPauses } from '../retry.ts'
import { type AwsCredentials, signedHeaders } from './sigv4.ts'

/** What is asked. */
export interface InvalidationRequest {
  readonly distributionId: string
  /** Each with a slash at its start, and maybe a star at its end. */
  readonly paths: readonly string[]
  /** Asked again under the same name it is the same invalidation. */
  readonly reference: string
}

/** What asking takes. */
export interface InvalidationContext {
  readonly credentials: () => AwsCredentials
  readonly now: () => number
  /** @default CloudFront's own */
  readonly endpoint?: string
  readonly pauses?: Pauses
}

const maxTries = 3
const timeoutMs = 3000

/** Resolves when CloudFront has taken it; edge locations follow within a minute. Throws INVALIDATION_REFUSED (503). */
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
      // Too many at once last for minutes: who asks comes again later.
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
