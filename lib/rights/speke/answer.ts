/** The key server for third-party packagers: SPEKE 1.0, 2.0 and 2.1 over HTTP. */
import { HeadendError } from '../../errors.ts'
import {
  answerSpeke,
  type CpixCrypto,
  readCpix,
  readSpekeRequest,
  type SignatureCrypto,
  type SpekeKeyFacts,
  type SpekeRequest,
  type SpekeVersion,
  spekeVersionOf,
  unsupportedSpekeVersion,
  verifySignatures,
} from '../../formats/cpix/index.ts'
import { outputProtectionMarkup } from '../../formats/dash/index.ts'
import { allowedCpc, SYSTEM, skdUri, systemIdOf } from '../../formats/pssh/index.ts'
import { hexBytes, uuidText } from '../../formats/uuid.ts'
import type { Cached } from '../../platform/cache.ts'
import { basicChallenge } from '../../platform/http/basic.ts'
import { answered, errorHeaders } from '../../platform/http/error-response.ts'
import type { Log } from '../../platform/log.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { KeyRecord } from '../keys/content-key.ts'
import type { KeyOpener } from '../keys/open-key.ts'
import type { ProtectionPorts } from '../protection/plans.ts'
import type { Policy } from '../protection/policy.ts'
import { keysFor } from '../protection/protect.ts'
import { basicUser, type SpekeUser } from './basic.ts'
import { contentIdOf, keyRequestOf } from './key-request-of.ts'

/** A request; header names are lower case. */
export interface SpekeHttpRequest {
  readonly method: string
  /** `/speke/v2.0/copyProtection`, under `/basic` where the gateway does not verify a signature. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** ARN of the signer, verified by the gateway. */
  readonly signer?: string | undefined
  readonly body: Uint8Array
  readonly requestId: string
}

/** A complete response. */
export interface SpekeHttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Dependencies of the key server. */
export interface SpekePorts extends ProtectionPorts {
  readonly opener: KeyOpener
  readonly users: Cached<readonly SpekeUser[]>
  readonly crypto: CpixCrypto & SignatureCrypto
  /** Provides the licence URL for players, without a trailing slash. */
  readonly front: () => Promise<{ readonly licenceUrl: string }>
  readonly log: Log
}

/** More keys than any track needs in a day of hourly rotation; each costs one KMS call. */
const maxKeys = 256
const maxRecipients = 32
const userAgent = 'headend'

/** Handles any request; errors are plain text as usual in SPEKE, with their code in a header. */
export const answerSpekeHttp = (ports: SpekePorts, request: SpekeHttpRequest): Promise<SpekeHttpAnswer> =>
  answered(() => answer(ports, request), {
    say: refusal,
    log: (error) => ports.log.error('keys failed', error, { requestId: request.requestId }),
    saysUpstream: true,
  })

async function answer(ports: SpekePorts, request: SpekeHttpRequest): Promise<SpekeHttpAnswer> {
  const { method, path, headers } = request
  const [, basic, number = '', action = ''] =
    /^(\/basic)?\/speke\/v(1\.0|2\.0)\/(copyProtection|heartbeat)$/.exec(path) ?? []
  const who =
    basic === undefined ? signerOf(request) : basicUser(headers['authorization'], await ports.users())
  if (method === 'GET' && action === 'heartbeat' && number === '1.0') return text(200, 'the key server is up')
  if (method !== 'POST' || action !== 'copyProtection')
    throw new HeadendError('ROUTE_NOT_FOUND', `${method} ${path}: expected POST …/copyProtection`, {
      status: 404,
    })
  const version = spekeVersionOf(number === '1.0' ? '1.0' : '2.0', headers['x-speke-version'])
  if (version === undefined) throw thrown(unsupportedSpekeVersion)
  refuseCharset(headers['content-type'])
  return { ...(await keys(ports, request, { version, who })), status: 200 }
}

async function keys(
  ports: SpekePorts,
  { body, requestId }: SpekeHttpRequest,
  { version, who }: { readonly version: SpekeVersion; readonly who: string },
): Promise<Omit<SpekeHttpAnswer, 'status'>> {
  const document = readCpix(body)
  verifySignatures(ports.crypto, document)
  const { request, problems } = readSpekeRequest(document.cpix, version)
  if (!request) throw thrown(problems[0] ?? unsupportedSpekeVersion)
  refuseExcess(request)
  const contentId = contentIdOf(request.contentId)
  const [{ licenceUrl }, { policy }, records] = await Promise.all([
    ports.front(),
    ports.protection.policy(contentId),
    keysFor(ports, contentId, { asker: { who, door: 'speke' }, requests: request.keys.map(keyRequestOf) }),
  ])
  const facts = await mapConcurrently(records, async (record) => {
    const { key } = await ports.opener.unwrap(record)
    return factsOf(record, { key, policy, request, licenceUrl })
  })
  const keysByKid = new Map(
    request.keys.flatMap(({ kid }, i) => (facts[i] ? [[kid, facts[i]] as const] : [])),
  )
  const kids = records.map(({ kid }) => kid)
  ports.log.info('keys given', {
    requestId,
    who,
    contentId,
    version,
    kids,
    recipients: request.recipients.length,
  })
  return {
    headers: {
      'content-type': 'application/xml',
      'cache-control': 'no-store',
      ...(version === '1.0'
        ? { 'speke-user-agent': userAgent }
        : { 'x-speke-version': version, 'x-speke-user-agent': userAgent }),
    },
    body: answerSpeke(document, { request, keys: keysByKid, crypto: ports.crypto }),
  }
}

/** A key with all facts its DRM systems signal. */
function factsOf(
  { kid: hex, contentId, label, iv, checksum }: KeyRecord,
  {
    key,
    policy,
    request,
    licenceUrl,
  }: {
    readonly key: Uint8Array
    readonly policy: Policy
    readonly request: SpekeRequest
    readonly licenceUrl: string
  },
): SpekeKeyFacts {
  const kid = uuidText(hexBytes(hex, 'kid'))
  const asked = request.keys.find((one) => one.kid === kid)
  const systems = request.systems.filter((one) => one.kid === kid).map(({ systemId }) => systemId)
  return {
    key,
    ...((asked?.explicitIV !== undefined || needsIv(request, systems)) && { explicitIV: hexBytes(iv, 'iv') }),
    ...(policy.mode === 'encrypted' &&
      policy.hdcp !== undefined &&
      !label.includes('AUDIO') && {
        hdcp: {
          hlsHdcpLevel: policy.hdcp,
          outputProtection: Buffer.from(outputProtectionMarkup(policy.hdcp)).toString('base64'),
        },
      }),
    ...(policy.mode === 'encrypted' && { robustness: robustnessOf(policy.robustness ?? {}) }),
    signaling: {
      playReady: { checksums: new Map([[kid, checksum]]), laUrl: `${licenceUrl}/playready` },
      fairPlayUri: skdUri(contentId, kid),
      keyUrl: `${licenceUrl}/clearkey/${hex}`,
      clearKeyLicenceUrl: `${licenceUrl}/clearkey`,
    },
  }
}

/** Constant IVs are needed by the pattern schemes, and by systems whose HLS tag contains one. */
const needsIv = ({ scheme = '' }: SpekeRequest, systems: readonly string[]): boolean =>
  ['cbcs', 'cbc1', 'SAMPLE-AES', 'AES-128'].includes(scheme) ||
  systems.some((id) => id === SYSTEM.fairplay || id === SYSTEM.aes128)

function robustnessOf(
  words: Readonly<Partial<Record<string, string>>>,
): NonNullable<SpekeKeyFacts['robustness']> {
  return new Map(
    Object.entries(words).flatMap(([name, word]) => {
      const id = systemIdOf(name)
      if (id === undefined || word === undefined) return []
      const hlsAllowedCpc = allowedCpc(name, word)
      return [[id, { dash: word, ...(hlsAllowedCpc && { hlsAllowedCpc }) }] as const]
    }),
  )
}

function refuseExcess({ keys: asked, recipients, contentId }: SpekeRequest): void {
  if (asked.length > maxKeys)
    throw new HeadendError('SPEKE_KEYS', `expected at most ${maxKeys} keys, got ${asked.length}`, {
      status: 413,
    })
  if (recipients.length > maxRecipients)
    throw new HeadendError(
      'SPEKE_RECIPIENTS',
      `expected at most ${maxRecipients} recipients, got ${recipients.length}`,
      { status: 413 },
    )
  if (contentIdOf(contentId).length > 512)
    throw new HeadendError('SPEKE_CONTENT_ID', 'Unsupported CPIX@contentId: more than 512 characters', {
      status: 422,
    })
}

/** A declared charset must match how the bytes are read. */
function refuseCharset(contentType = ''): void {
  const charset = /;\s*charset\s*=\s*"?([^\s";]{1,40})/i.exec(contentType)?.[1]
  if (charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)) return
  throw new HeadendError('CPIX_CHARSET', `Content-Type: expected UTF-8, got ${charset}`, { status: 415 })
}

/** A missing signer means that the gateway let an unauthorized request through. */
function signerOf({ signer }: SpekeHttpRequest): string {
  if (signer !== undefined && signer !== '') return signer
  throw new HeadendError('SPEKE_AUTHORIZATION', 'expected a request signed by SigV4', { status: 403 })
}

const thrown = ({ code, message, status }: typeof unsupportedSpekeVersion): HeadendError =>
  new HeadendError(code, message, { status })

const text = (
  status: number,
  body: string,
  more: Readonly<Record<string, string>> = {},
): SpekeHttpAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...more },
  body,
})

const refusal = (error: HeadendError): SpekeHttpAnswer =>
  text(error.status, error.message, {
    'headend-error': error.code,
    ...errorHeaders(error, basicChallenge),
  })
