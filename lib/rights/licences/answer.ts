/** The licence endpoint: routes a request by DRM system and method. */
import { HeadendError } from '../../errors.ts'
import { answered, errorHeaders, errorJson } from '../../platform/http/error-response.ts'
import { drmSystems } from '../protection/policy.ts'
import { bareKey, clearKey } from './own-keys.ts'
import { passOn } from './pass-on.ts'
import type { LicenceAnswer, LicencePorts, LicenceRequest } from './ports.ts'
import { claimsOf } from './viewer-claims.ts'

const maxBodyBytes = 64 * 1024
const text = new TextEncoder()

/**
 * Licences share the console's origin: these headers keep any licence server's response from running as a page there.
 */
const noPage = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
}

/** Handles any request; every error response is JSON with a code, and 5xx are logged. */
export async function answerLicence(ports: LicencePorts, request: LicenceRequest): Promise<LicenceAnswer> {
  const answer = await answered(() => licence(ports, request), {
    say: refusal,
    log: (error) => ports.log.error('licence failed', error, { requestId: request.requestId }),
    saysUpstream: true,
  })
  return { ...answer, headers: { ...answer.headers, ...noPage } }
}

async function licence(ports: LicencePorts, request: LicenceRequest): Promise<LicenceAnswer> {
  const [, name = '', part, ...more] = request.path.split('/').slice(1)
  const system = drmSystems.find((one) => one === name)
  if (system === undefined || more.length > 0) throw unknownPath(request)
  if (request.method === 'GET' && system === 'fairplay' && part === 'certificate') return certificate(ports)
  if (request.method === 'GET' && system === 'clearkey' && part && /^[0-9a-f]{32}$/.test(part))
    return bareKey(ports, request, part)
  if (request.method !== 'POST' || part !== undefined) throw unknownPath(request)
  if (request.body.length > maxBodyBytes)
    throw new HeadendError(
      'LICENCE_REQUEST_TOO_LARGE',
      `licence request: expected at most ${maxBodyBytes} bytes, got ${request.body.length}`,
      { status: 413 },
    )
  if (system === 'clearkey') return clearKey(ports, request)
  return passOn(ports, request, { claims: await claimsOf(ports, request), system })
}

/** FairPlay's application certificate is public: players request it before they have a token. */
async function certificate(ports: LicencePorts): Promise<LicenceAnswer> {
  const found = (await ports.servers()).fairplay?.certificate
  if (found === undefined)
    throw new HeadendError('LICENCE_CERTIFICATE', 'no certificate of FairPlay is set up', { status: 404 })
  return {
    status: 200,
    headers: { 'content-type': 'application/octet-stream', 'cache-control': 'public, max-age=3600' },
    body: Buffer.from(found, 'base64'),
  }
}

const unknownPath = ({ method, path }: LicenceRequest): HeadendError =>
  new HeadendError('ROUTE_NOT_FOUND', `${method} ${path.slice(0, 100)}: expected POST /licence/<system>`, {
    status: 404,
  })

const refusal = (error: HeadendError): LicenceAnswer => ({
  status: error.status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...errorHeaders(error) },
  body: text.encode(errorJson(error)),
})
