/** CloudFront origin-response of media: says the length of what is asked for by HEAD, which a Function URL leaves out. */
import type { CloudFrontResponseEvent, CloudFrontResponseResult } from 'aws-lambda'
import { lengthHeader } from '../../lib/platform/http/media-length.ts'

export async function handler({ Records }: CloudFrontResponseEvent): Promise<CloudFrontResponseResult> {
  const cf = Records[0]?.cf
  if (!cf) return undefined
  const { request, response } = cf
  const length = response.headers[lengthHeader]?.[0]?.value
  // Of a body CloudFront says the length itself, once it has all of it: one that was cut short must not look whole.
  if (request.method === 'HEAD' && length !== undefined)
    response.headers['content-length'] = [{ value: length }]
  return response
}
