/**
 * Key IDs and content in a DRM challenge. A challenge not understood completely is refused: a licence server might read
 * what we did not.
 */
import { HeadendError } from '../../errors.ts'
import { readPlayReadyChallenge } from '../../formats/playready/index.ts'
import { readWidevineChallenge } from '../../formats/widevine/index.ts'
import { maxKids } from './clear-key.ts'
import { fairPlayChallenge } from './fairplay-challenge.ts'
import { type MediaType, mediaTypeOf } from './media-type.ts'
import type { Challenge, LicenceRequest } from './ports.ts'
import type { ProxiedSystem } from './servers.ts'

/** Parses a challenge; throws LICENCE_CHALLENGE if any part cannot be read. */
export function readChallenge(
  system: ProxiedSystem,
  request: Pick<LicenceRequest, 'headers' | 'query' | 'body'>,
): Challenge {
  try {
    const encoding = request.headers['content-encoding'] ?? 'identity'
    if (encoding.toLowerCase() !== 'identity') throw refused(`expected no content-encoding, got ${encoding}`)
    const { kids, contents } = readers[system](request, mediaTypeOf(request.headers['content-type']))
    const distinct = [...new Set(kids)]
    if (distinct.length > maxKids)
      throw refused(`expected at most ${maxKids} key ids, got ${distinct.length}`)
    return { kids: distinct, contents }
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    throw new HeadendError('LICENCE_CHALLENGE', `challenge of ${system}: ${error.message.slice(0, 300)}`, {
      cause: error,
    })
  }
}

type Reader = (request: Pick<LicenceRequest, 'headers' | 'query' | 'body'>, type: MediaType) => Challenge

const readers: Readonly<Record<ProxiedSystem, Reader>> = {
  widevine: ({ body }, type) => {
    if (!binaryTypes.has(type.name)) throw refused(`expected application/octet-stream, got ${type.name}`)
    const challenge = readWidevineChallenge(body)
    if (challenge.asks !== 'keys') return nothing
    return { kids: challenge.kids, contents: challenge.contentIds.map(utf8) }
  },
  playready: ({ headers, body }, type) => {
    if (!xmlTypes.has(type.name)) throw refused(`expected text/xml, got ${type.name}`)
    if (type.charset !== undefined && !/^utf-?(8|16(le|be)?)$/.test(type.charset))
      throw refused(`expected a charset of Unicode, got ${type.charset}`)
    const { operation, kids } = readPlayReadyChallenge(body)
    for (const action of [headers['soapaction'], type.action]) checkAction(action, operation)
    return { kids, contents: [] }
  },
  fairplay: fairPlayChallenge,
}

/** Certificates, renewals, acknowledgements: a server issues no title keys for them that it had not issued before. */
const nothing: Challenge = { kids: [], contents: [] }

const binaryTypes = new Set(['', 'application/octet-stream', 'application/x-protobuf', 'text/plain'])
const xmlTypes = new Set([
  '',
  'text/xml',
  'application/xml',
  'application/soap+xml',
  'application/octet-stream',
  'text/plain',
])

/** Servers choose the operation by SOAPAction or by the element, so both must agree. */
function checkAction(action: string | undefined, operation: string): void {
  const bare = action?.trim().replace(/^"(.*)"$/, '$1') ?? ''
  if (bare !== '' && bare !== actions + operation)
    throw refused(`expected SOAPAction of ${operation}, as the message is, got another`)
}

const actions = 'http://schemas.microsoft.com/DRM/2007/03/protocols/'

/** A content ID that is not UTF-8 is none of ours and decodes to none of ours. */
const utf8 = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

const refused = (text: string): HeadendError => new HeadendError('LICENCE_CHALLENGE', text)
