/** CloudFront origin-request: makes the manifest at the edge; what is too large, or fails, goes on to the regional function. */
import type { CloudFrontRequestEvent, CloudFrontRequestResult } from 'aws-lambda'
import {
  edgeFaultHeader,
  edgeFaultOf,
  edgeSources,
  fault,
  type ManifestResponse,
  respond,
  sourceOf,
  type TimelineReader,
} from '../../lib/delivery/index.ts'
import { timelineStore } from '../../lib/delivery/store.ts'
import { HeadendError } from '../../lib/errors.ts'
import { runtime } from '../../lib/platform/aws/runtime.ts'
import { logOf } from '../../lib/platform/log.ts'

/** CloudFront refuses generated responses above 1 MB; counted is what the function returns, as JSON. */
const maxResultBytes = 1_000_000

let reader: TimelineReader | undefined

export async function handler(event: CloudFrontRequestEvent): Promise<CloudFrontRequestResult> {
  const request = event.Records[0]?.cf.request
  if (!request) {
    const why = 'origin-request: expected one record, got none'
    return generated(fault(new HeadendError('EDGE_EVENT', why, { status: 502 })))
  }
  // What has no source here is printed in the region.
  if (!sourceOf(edgeSources, request.uri.slice(1))) return request
  const custom = request.origin?.custom?.customHeaders ?? {}
  const configured = (name: string) => custom[`x-headend-${name}`]?.[0]?.value ?? ''
  reader ??= timelineStore({
    mediaBucket: configured('media-bucket'),
    indexTable: configured('index-table'),
    region: configured('region'),
    ...runtime,
  })
  try {
    const response = await respond(
      { method: request.method, path: request.uri.slice(1), query: request.querystring },
      reader,
    )
    const result = generated(response)
    return Buffer.byteLength(JSON.stringify(result)) > maxResultBytes ? request : result
  } catch (error) {
    logOf({ handler: 'manifest-edge', path: request.uri }).error('manifest failed', error)
    request.headers[edgeFaultHeader] = [{ value: edgeFaultOf(error) }]
    return request
  }
}

function generated({ status, headers, body }: ManifestResponse): CloudFrontRequestResult {
  return {
    status: String(status),
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [{ key, value }]])),
    body,
  }
}
