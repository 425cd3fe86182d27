/** The parts of a SigV4 or SigV4A signature, from the Authorization header or a presigned URL. */
import type { IncomingMessage } from 'node:http'
import { AwsFault, type SignedPolicy } from '../service.ts'

export interface Signature {
  readonly algorithm: 'AWS4-HMAC-SHA256' | 'AWS4-ECDSA-P256-SHA256'
  readonly accessKeyId: string
  /** `20261231` */
  readonly date: string
  /** Absent in SigV4A, which names regions in a header. */
  readonly region: string | undefined
  readonly service: string
  /** `20261231/us-east-1/s3/aws4_request` */
  readonly scope: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** `20261231T235959Z` */
  readonly timestamp: string
  readonly sessionToken: string | undefined
  /** Set in a presigned URL. */
  readonly expiresSeconds: number | undefined
}

/** Reads the signature; undefined when the request has none. Half a signature is refused as AWS does. */
export function readSignature(request: IncomingMessage, query: URLSearchParams): Signature | undefined {
  const { authorization } = request.headers
  if (authorization !== undefined) return readHeader(authorization, request)
  return query.has('X-Amz-Signature') || query.has('X-Amz-Algorithm') ? readQuery(query) : undefined
}

/** Milliseconds since 1970 of `20261231T235959Z`; NaN when it is none. */
export function timestampMs(timestamp: string): number {
  const iso = timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  return iso === timestamp ? Number.NaN : Date.parse(iso)
}

/** Undefined for any other scheme: a Bearer token is the business of whoever is called. */
function readHeader(authorization: string, request: IncomingMessage): Signature | undefined {
  const [algorithm, rest] = splitOnce(authorization, ' ')
  if (!isAlgorithm(algorithm)) return undefined
  const parts = new Map(rest.split(',').map((part) => splitOnce(part.trim(), '=')))
  const credential = parts.get('Credential')
  const signedHeaders = parts.get('SignedHeaders')
  const signature = parts.get('Signature')
  if (credential === undefined || signedHeaders === undefined || signature === undefined) {
    throw malformed('Authorization header requires Credential, SignedHeaders and Signature')
  }
  const timestamp = request.headers['x-amz-date'] ?? httpDate(request.headers.date)
  const sessionToken = request.headers['x-amz-security-token']
  return {
    algorithm,
    ...readCredential(credential, algorithm),
    signedHeaders: signedHeaders.split(';'),
    signature,
    timestamp: String(timestamp ?? ''),
    sessionToken: typeof sessionToken === 'string' ? sessionToken : undefined,
    expiresSeconds: undefined,
  }
}

function readQuery(query: URLSearchParams): Signature {
  const algorithm = query.get('X-Amz-Algorithm') ?? ''
  if (!isAlgorithm(algorithm)) throw queryFault('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"')
  const needed = (name: string): string => {
    const value = query.get(name)
    if (value !== null) return value
    throw queryFault(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, ' +
        'X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    )
  }
  const expires = needed('X-Amz-Expires')
  const expiresSeconds = Number(expires)
  if (!/^\d+$/.test(expires) || expiresSeconds > maximumExpirySeconds) {
    throw queryFault(`X-Amz-Expires must be a whole number of seconds up to ${maximumExpirySeconds}`)
  }
  return {
    algorithm,
    ...readCredential(needed('X-Amz-Credential'), algorithm),
    signedHeaders: needed('X-Amz-SignedHeaders').split(';'),
    signature: needed('X-Amz-Signature'),
    timestamp: needed('X-Amz-Date'),
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
    expiresSeconds,
  }
}

/** The signature in the fields of a form; it covers the policy, no headers. */
export function readFormSignature({ algorithm, credential, date, ...form }: SignedPolicy): Signature {
  if (algorithm !== 'AWS4-HMAC-SHA256') throw queryFault('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"')
  return {
    algorithm,
    ...readCredential(credential, algorithm),
    signedHeaders: [],
    signature: form.signature,
    timestamp: date,
    sessionToken: form.sessionToken,
    expiresSeconds: undefined,
  }
}

const maximumExpirySeconds = 7 * 24 * 3600

function readCredential(
  credential: string,
  algorithm: Signature['algorithm'],
): Pick<Signature, 'accessKeyId' | 'date' | 'region' | 'service' | 'scope'> {
  const regional = algorithm === 'AWS4-HMAC-SHA256'
  const [accessKeyId = '', ...scope] = credential.split('/')
  const [date = '', ...rest] = scope
  const [region, service = '', end] = regional ? rest : [undefined, ...rest]
  if (accessKeyId === '' || end !== 'aws4_request' || scope.length !== (regional ? 4 : 3)) {
    throw malformed(
      'The Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"',
    )
  }
  return { accessKeyId, date, region, service, scope: scope.join('/') }
}

function isAlgorithm(text: string): text is Signature['algorithm'] {
  return text === 'AWS4-HMAC-SHA256' || text === 'AWS4-ECDSA-P256-SHA256'
}

function httpDate(date: string | undefined): string | undefined {
  const ms = Date.parse(date ?? '')
  if (Number.isNaN(ms)) return undefined
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function malformed(message: string): AwsFault {
  return new AwsFault('AuthorizationHeaderMalformed', message)
}

function queryFault(message: string): AwsFault {
  return new AwsFault('AuthorizationQueryParametersError', message)
}
