/** The regional manifest function behind a Function URL: answers what is too large for the edge, or failed there. */
import { edgeFaultHeader, failed, type ManifestResponse, respond } from '../../lib/delivery/index.ts'
import { timelineStore } from '../../lib/delivery/store.ts'
import { logOf } from '../../lib/platform/log.ts'
import { runtime } from '../../lib/platform/runtime.ts'

const reader = timelineStore({
  mediaBucket: process.env['MEDIA_BUCKET'] ?? '',
  indexTable: process.env['INDEX_TABLE'] ?? '',
  region: process.env['AWS_REGION'] ?? '',
  ...runtime,
})

interface UrlEvent {
  readonly rawPath: string
  readonly rawQueryString: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly requestContext: { readonly http: { readonly method: string } }
}

// Streamed, because a buffered answer ends at 6 MB and a two-day window may be longer.
export const handler = awslambda.streamifyResponse<UrlEvent>(async (event, stream, { awsRequestId }) => {
  const { status, headers, body } = await answer(event, awsRequestId)
  const out = awslambda.HttpResponseStream.from(stream, { statusCode: status, headers: { ...headers } })
  out.end(body)
})

async function answer(
  { rawPath, rawQueryString, headers, requestContext }: UrlEvent,
  requestId: string,
): Promise<ManifestResponse> {
  const log = logOf({ handler: 'manifest', requestId, path: rawPath })
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
