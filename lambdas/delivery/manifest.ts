/** The regional manifest function behind a Function URL: answers what is too large for the edge. */
import { fault, type ManifestResponse, respond } from '../../lib/delivery/index.ts'
import { timelineStore } from '../../lib/delivery/store.ts'
import { logOf } from '../../lib/platform/log.ts'
import { edgeCredentials } from './credentials.ts'

const reader = timelineStore({
  mediaBucket: process.env['MEDIA_BUCKET'] ?? '',
  indexTable: process.env['INDEX_TABLE'] ?? '',
  region: process.env['AWS_REGION'] ?? '',
  ...edgeCredentials,
})

// Streamed, because a buffered answer ends at 6 MB and a two-day window may be longer.
export const handler = awslambda.streamifyResponse<{
  readonly rawPath: string
  readonly requestContext: { readonly http: { readonly method: string } }
}>(async (event, stream) => {
  const { status, headers, body } = await answer(event.requestContext.http.method, event.rawPath)
  const out = awslambda.HttpResponseStream.from(stream, { statusCode: status, headers: { ...headers } })
  out.end(body)
})

async function answer(method: string, rawPath: string): Promise<ManifestResponse> {
  try {
    return await respond({ method, path: rawPath.slice(1) }, reader)
  } catch (error) {
    logOf({ handler: 'manifest', path: rawPath }).error('manifest failed', error)
    return fault(502, 'MANIFEST_FAILED', 'the manifest could not be made; try again')
  }
}
