/** The regional manifest function behind a Function URL: answers what is too large for the edge, or failed there; compressed. */
import type { Context } from 'aws-lambda'
import { edgeFaultHeader, failed, fault, type ManifestResponse, respond } from '../../lib/delivery/index.ts'
import { timelineStore } from '../../lib/delivery/store.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { encodedAnswer, mostAnswerBytes, type UrlAnswer } from '../../lib/platform/encoded-answer.ts'
import { type Log, logOf } from '../../lib/platform/log.ts'
import { runtime } from '../../lib/platform/runtime.ts'

const config = readConfig(['MEDIA_BUCKET', 'INDEX_TABLE', 'AWS_REGION'])
const reader = timelineStore({
  mediaBucket: config.MEDIA_BUCKET,
  indexTable: config.INDEX_TABLE,
  region: config.AWS_REGION,
  ...runtime,
})

interface UrlEvent {
  readonly rawPath: string
  readonly rawQueryString: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly requestContext: { readonly http: { readonly method: string } }
}

/** Buffered, because of a streamed answer Lambda takes the encoding off, and without a length CloudFront puts none on. */
export async function handler(
  event: UrlEvent,
  { awsRequestId }: Pick<Context, 'awsRequestId'>,
): Promise<UrlAnswer | undefined> {
  const log = logOf({ handler: 'manifest', requestId: awsRequestId, path: event.rawPath })
  const response = await answer(event, log)
  const encoded = await encodedAnswer(response, event.headers['accept-encoding'])
  if (encoded) return encoded
  const { length } = response.body
  log.error('manifest too large', new Error(`${length} characters`))
  const why = `the manifest has ${length} characters, more than ${mostAnswerBytes} bytes of JSON hold`
  return encodedAnswer(fault(500, 'MANIFEST_TOO_LARGE', `${why}; accept gzip, or ask for a shorter window`))
}

async function answer(
  { rawPath, rawQueryString, headers, requestContext }: UrlEvent,
  log: Log,
): Promise<ManifestResponse> {
  const code = headers[edgeFaultHeader]
  if (code !== undefined) log.warn('edge failed', { code })
  try {
    const { method } = requestContext.http
    return await respond({ method, path: rawPath.slice(1), query: rawQueryString }, reader)
  } catch (error) {
    log.error('manifest failed', error)
    return failed(error)
  }
}
