/** Key export and import over HTTP, for operators who sign with SigV4: `POST /keys/export` and `POST /keys/import`. */
import * as z from 'zod'
import { HeadendError } from '../../errors.ts'
import { readCpix, type SignatureCrypto, verifySignatures } from '../../formats/cpix/index.ts'
import { answered, errorHeaders, errorJson } from '../../platform/http/error-response.ts'
import type { Log } from '../../platform/log.ts'
import { type ExportPorts, exportKeys } from './export-keys.ts'
import { type ImportPorts, importKeys } from './import-keys.ts'

/** A request whose signature the gateway has verified. */
export interface ExchangeRequest {
  readonly method: string
  readonly path: string
  /** ARN of the signer. */
  readonly signer?: string | undefined
  readonly body: Uint8Array
  readonly requestId: string
}

/** A complete response. */
export interface ExchangeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Dependencies of key export and import. */
export interface ExchangePorts extends ExportPorts, ImportPorts {
  readonly keyStore: ImportPorts['keyStore']
  readonly crypto: ExportPorts['crypto'] & SignatureCrypto
  readonly log: Log
}

const exportSchema = z.object({
  content: z.string().regex(/^[\x21-\x7e]{1,512}$/),
  /** DER in base64. */
  recipient: z.base64().max(64 * 1024),
})

/** Handles any request; every error response is JSON with a code. */
export const answerExchange = (ports: ExchangePorts, request: ExchangeRequest): Promise<ExchangeAnswer> =>
  answered(() => exchange(ports, request), {
    say: (error) => json(error.status, errorJson(error), errorHeaders(error)),
    log: (error) => ports.log.error('key exchange failed', error, { requestId: request.requestId }),
    saysUpstream: true,
  })

async function exchange(
  ports: ExchangePorts,
  { method, path, signer, body, requestId }: ExchangeRequest,
): Promise<ExchangeAnswer> {
  if (signer === undefined || signer === '')
    throw new HeadendError('KEYS_AUTHORIZATION', 'expected a request signed by SigV4', { status: 403 })
  const route = `${method} ${path}`
  if (route === 'POST /keys/import') {
    const document = readCpix(body)
    verifySignatures(ports.crypto, document)
    const done = await importKeys(ports, document.cpix, signer)
    ports.log.info('keys imported', { requestId, who: signer, ...done })
    return json(200, JSON.stringify(done))
  }
  if (route !== 'POST /keys/export')
    throw new HeadendError('ROUTE_NOT_FOUND', `${route}: expected POST /keys/export or import`, {
      status: 404,
    })
  const { data } = exportSchema.safeParse(parsed(body))
  if (!data)
    throw new HeadendError(
      'KEYS_EXPORT',
      'expected JSON {"content":"vod/…","recipient":"<certificate, DER in base64>"}',
    )
  const certificate = Buffer.from(data.recipient, 'base64')
  const document = await exportKeys(ports, data.content, { certificate, who: signer })
  ports.log.info('keys exported', { requestId, who: signer, contentId: data.content })
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'cache-control': 'no-store' },
    body: document,
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}

const json = (status: number, body: string, more: Readonly<Record<string, string>> = {}): ExchangeAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...more },
  body,
})
