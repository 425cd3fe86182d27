/** A refusal in the words of the service that was asked: XML of S3, JSON of everyone else. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AwsFault } from '../service.ts'

export interface Refusal {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly service: string
  readonly error: unknown
  readonly requestId: string
}

/** Ends the response; one that has begun is broken off. */
export function sendFault({ request, response, service, error, requestId }: Refusal): void {
  // Nobody is left to hear it, or the status is already out.
  if (response.headersSent || (request.destroyed && !request.complete)) {
    response.destroy()
    return
  }
  const fault = error instanceof AwsFault ? error : internal(error)
  const s3 = service === 's3'
  const body = Buffer.from(s3 ? xmlBody(fault, request, requestId) : jsonBody(fault))
  // The rest of an unread upload is not waited for.
  if (!request.readableEnded) response.setHeader('connection', 'close')
  // A browser shows an error to the page only with this, and S3 has it on its errors where the bucket allows.
  if (s3 && request.headers.origin !== undefined) response.setHeader('access-control-allow-origin', '*')
  response.writeHead(fault.status, {
    'content-type': s3 ? 'application/xml' : 'application/x-amz-json-1.1',
    'content-length': body.length,
    ...(s3 ? { 'x-amz-request-id': requestId } : { 'x-amzn-errortype': jsonCode(fault) }),
    'x-amzn-requestid': requestId,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function xmlBody({ code, message, detail }: AwsFault, request: IncomingMessage, requestId: string): string {
  const members = Object.entries({
    Code: code,
    Message: message,
    ...detail,
    Resource: request.url?.split('?')[0],
    RequestId: requestId,
  })
  const elements = members.map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements.join('')}</Error>`
}

function jsonBody(fault: AwsFault): string {
  return JSON.stringify({ __type: jsonCode(fault), message: fault.message })
}

/** S3's names of the same faults elsewhere. */
function jsonCode({ code }: AwsFault): string {
  if (code === 'AccessDenied') return 'AccessDeniedException'
  if (code === 'SignatureDoesNotMatch') return 'InvalidSignatureException'
  return code === 'AuthorizationHeaderMalformed' ? 'IncompleteSignature' : code
}

function internal(error: unknown): AwsFault {
  console.error(error)
  return new AwsFault('InternalError', error instanceof Error ? error.message : String(error), 500)
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
