/**
 * The regional manifest function behind a Function URL: returns, compressed, manifests too large for the edge or failed
 * there.
 */
import type { Context } from 'aws-lambda'
import { holdStore } from '../../lib/channels/holds/store.ts'
import { channelSources, clockUrlOf } from '../../lib/channels/index.ts'
import { liveStore } from '../../lib/channels/live/store.ts'
import { edgeFaultHeader, edgeSources, fault, respondAlways } from '../../lib/delivery/index.ts'
import { indexRows, timelineStore } from '../../lib/delivery/store.ts'
import { HeadendError } from '../../lib/errors.ts'
import { runtime, runtimeFront } from '../../lib/platform/aws/runtime.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { encodedAnswer, maxAnswerBytes, type UrlAnswer } from '../../lib/platform/http/encoded-answer.ts'
import { logOf } from '../../lib/platform/log.ts'
import { storedPresentations } from '../../lib/presentations/index.ts'

const config = readConfig(['MEDIA_BUCKET', 'INDEX_TABLE', 'CHANNELS_TABLE', 'AWS_REGION'])
const places = {
  mediaBucket: config.MEDIA_BUCKET,
  indexTable: config.INDEX_TABLE,
  region: config.AWS_REGION,
  ...runtime,
}
const reader = timelineStore(places)
const [now, clockUrl] = [Date.now, clockUrlOf(runtimeFront())]
const table = config.CHANNELS_TABLE
const channels = channelSources({ live: liveStore({ table }), holds: holdStore({ table }), now, clockUrl })
const presentations = storedPresentations(indexRows(places), channels.ranges)
const sources = [...edgeSources, presentations, channels.live]

interface UrlEvent {
  readonly rawPath: string
  readonly rawQueryString: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly requestContext: { readonly http: { readonly method: string } }
}

/** Buffered: Lambda removes the encoding of a streamed response, and CloudFront compresses none without a length. */
export async function handler(
  event: UrlEvent,
  { awsRequestId }: Pick<Context, 'awsRequestId'>,
): Promise<UrlAnswer | undefined> {
  const { rawPath, rawQueryString, headers, requestContext } = event
  const log = logOf({ handler: 'manifest', requestId: awsRequestId, path: rawPath })
  const code = headers[edgeFaultHeader]
  if (code !== undefined) log.warn('edge failed', { code })
  const response = await respondAlways(
    { method: requestContext.http.method, path: rawPath.slice(1), query: rawQueryString },
    reader,
    { sources, log: (error) => log.error('manifest failed', error) },
  )
  const encoded = await encodedAnswer(response, headers['accept-encoding'])
  if (encoded) return encoded
  const { length } = response.body
  log.error('manifest too large', new Error(`${length} characters`))
  const why = `the manifest has ${length} characters, more than ${maxAnswerBytes} bytes of JSON hold`
  const text = `${why}; accept gzip, or ask for a shorter window`
  return encodedAnswer(fault(new HeadendError('MANIFEST_TOO_LARGE', text, { status: 500 })))
}
