/** CloudFront origin-response for media: sets the Content-Length of HEAD responses, which a Function URL omits. */
import type { CloudFrontResponseEvent, CloudFrontResponseResult } from 'aws-lambda'
import { lengthHeader } from '../../lib/platform/http/media-length.ts'

export async function handler({ Records }: CloudFrontResponseEvent): Promise<CloudFrontResponseResult> {
  const cf = Records[0]?.cf
  if (!cf) return undefined
  const { request, response } = cf
  const length = response.headers[lengthHeader]?.[0]?.value
  // For a body, CloudFront sets the length itself once it has all of it: a truncated one must not look complete.
  if (request.method === 'HEAD' && length !== undefined)
    response.headers['content-length'] = [{ value: length }]
  return response
}
