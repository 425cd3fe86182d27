/** Who a request comes from: functions are held to their signatures, the person at this machine is believed. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { AwsFault, type Caller, type SignedPolicy } from '../service.ts'
import { canonicalRequest } from './canonical-request.ts'
import type { Credentials } from './credentials.ts'
import { readFormSignature, readSignature, type Signature, timestampMs } from './signature.ts'
import { policySignatureHolds, signatureHolds } from './verify.ts'

export interface CallerQuestion {
  readonly request: IncomingMessage
  readonly credentials: Credentials
  readonly nowMs: number
  /** The whole body where it has been read, as it is for every service but S3. */
  readonly body: Buffer | undefined
}

/** Names the caller or throws the fault AWS answers a bad signature with. */
export function identifyCaller({ request, credentials, nowMs, body }: CallerQuestion): Caller {
  // A browser's preflight carries the query of the request to come, but nobody signed the preflight itself.
  if (request.method === 'OPTIONS') return { kind: 'anonymous' }
  const service = credentials.findService(request.headers.authorization ?? '')
  if (service !== undefined) return service
  const query = new URLSearchParams(request.url?.split('?', 2)[1])
  const signature = readSignature(request, query)
  if (signature === undefined) return { kind: 'anonymous' }
  checkTime(signature, nowMs)
  const known = credentials.find(signature.accessKeyId)
  // Any other key is the person's own: its secret is not known here, so it is held to what needs none.
  if (known === undefined) {
    if (signature.service === 's3') checkForm(request, signature)
    return { kind: 'person' }
  }
  checkAge(signature, nowMs)
  if (signature.sessionToken !== known.credentials.sessionToken) throw wrongToken(signature)
  checkSignedHeaders(request, signature)
  const canonical = canonicalRequest(request, signature, payloadHash(request, signature, body))
  if (!signatureHolds(signature, known.credentials.secretAccessKey, canonical)) throw mismatch(signature)
  return { kind: 'role', role: known.role }
}

/** The same for a form that a browser posts to S3: its policy was signed, and says itself until when it holds. */
export function identifySigner(form: SignedPolicy, credentials: Credentials): Caller {
  const signature = readFormSignature(form)
  if (signature.service !== 's3' || !signature.timestamp.startsWith(signature.date)) throw mismatch(signature)
  const known = credentials.find(signature.accessKeyId)
  if (known === undefined) return { kind: 'person' }
  if (signature.sessionToken !== known.credentials.sessionToken) throw wrongToken(signature)
  if (!policySignatureHolds(signature, known.credentials.secretAccessKey, form.policy))
    throw mismatch(signature)
  return { kind: 'role', role: known.role }
}

/** A presigned URL ends when it says so. */
function checkTime({ timestamp, expiresSeconds }: Signature, nowMs: number): void {
  const signedMs = timestampMs(timestamp)
  if (Number.isNaN(signedMs)) {
    throw new AwsFault('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header', 403)
  }
  if (expiresSeconds === undefined) return
  const expiresMs = signedMs + expiresSeconds * 1000
  if (nowMs > expiresMs) {
    throw new AwsFault('AccessDenied', 'Request has expired', 403, {
      'X-Amz-Expires': String(expiresSeconds),
      Expires: new Date(expiresMs).toISOString(),
      ServerTime: new Date(nowMs).toISOString(),
    })
  }
  if (signedMs > nowMs + maximumSkewMs) {
    throw new AwsFault('AccessDenied', 'Request is not valid yet', 403)
  }
}

function checkAge({ timestamp, expiresSeconds, service, date }: Signature, nowMs: number): void {
  const signedMs = timestampMs(timestamp)
  if (!timestamp.startsWith(date)) {
    throw new AwsFault(
      'SignatureDoesNotMatch',
      'Date in Credential scope does not match the date of the request',
      403,
    )
  }
  if (expiresSeconds !== undefined || Math.abs(nowMs - signedMs) <= maximumSkewMs) return
  if (service === 's3') {
    throw new AwsFault(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      403,
    )
  }
  const now = new Date(nowMs).toISOString()
  throw new AwsFault(
    'InvalidSignatureException',
    `Signature expired: ${timestamp} is not within 15 min of ${now}`,
    403,
  )
}

const maximumSkewMs = 15 * 60 * 1000

/** What S3 would refuse whatever the secret: a signature of another day, over headers that did not come, or not over those that did. */
function checkForm(request: IncomingMessage, signature: Signature): void {
  const { algorithm, signedHeaders, timestamp, date } = signature
  checkSignedHeaders(request, signature)
  const isWellFormed = algorithm !== 'AWS4-HMAC-SHA256' || /^[0-9a-f]{64}$/.test(signature.signature)
  if (isWellFormed && timestamp.startsWith(date) && signedHeaders.every((name) => name in request.headers))
    return
  throw mismatch(signature)
}

/** Everything that tells S3 what to do must be under the signature, or a proxy could add to it. */
function checkSignedHeaders(request: IncomingMessage, { signedHeaders, service }: Signature): void {
  const signed = new Set(signedHeaders)
  const loose = Object.keys(request.headers).find(
    (name) => !signed.has(name) && (name === 'host' || (service === 's3' && name.startsWith('x-amz-'))),
  )
  if (loose === undefined) return
  throw new AwsFault('AccessDenied', 'There were headers present in the request which were not signed', 403, {
    HeadersNotSigned: loose,
  })
}

/** S3 is told the hash and compares it itself while the body streams by; the others hash what came. */
function payloadHash(request: IncomingMessage, signature: Signature, body: Buffer | undefined): string {
  const said = request.headers['x-amz-content-sha256']
  if (signature.service === 's3') {
    return signature.expiresSeconds === undefined ? String(said ?? '') : String(said ?? 'UNSIGNED-PAYLOAD')
  }
  if (said === 'UNSIGNED-PAYLOAD') return said
  return createHash('sha256')
    .update(body ?? '')
    .digest('hex')
}

function wrongToken({ service }: Signature): AwsFault {
  return service === 's3'
    ? new AwsFault('InvalidToken', 'The provided token is malformed or otherwise invalid.')
    : new AwsFault(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
        403,
      )
}

function mismatch({ service }: Signature): AwsFault {
  const message =
    'The request signature we calculated does not match the signature you provided. ' +
    'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
  return new AwsFault(service === 's3' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException', message, 403)
}
