/** Parses the messages of Widevine's CDMs to a licence server (license_protocol.proto, SignedMessage). */
import { HeadendError } from '../../errors.ts'
import { readContentIdentification } from './content-identification.ts'
import { type MessageShape, mergedMessage, readMessage } from './message.ts'
import type { NamedKeys } from './named-keys.ts'

/** The request in a CDM's message. */
export type WidevineChallenge =
  | { readonly asks: 'certificate' }
  /** Renews or releases an existing licence, which is identified by its session only. */
  | { readonly asks: 'renewal' }
  | ({ readonly asks: 'keys' } & NamedKeys)

/**
 * Parses all parts that can name a key, in every way a server may read them: all occurrences of a field count. Throws
 * if one of those can't be parsed, because it may name a key.
 */
export function readWidevineChallenge(bytes: Uint8Array): WidevineChallenge {
  const message = readMessage(bytes, SIGNED_MESSAGE)
  const type = message.one(1) ?? TYPE.licenceRequest
  const requests = message.all(2)
  if (type === TYPE.certificateRequest && requests.every(({ length }) => length === 0))
    return { asks: 'certificate' }
  if (type !== TYPE.licenceRequest)
    throw refused(`expected a message of type 1, or 4 without more, got ${type}`)
  const read = requests.map(readRequest)
  if (read.length === 0) throw refused('expected a LicenseRequest, got none')
  const named = read.filter((one) => one !== 'renewal')
  if (named.length === 0) return { asks: 'renewal' }
  return {
    asks: 'keys',
    kids: [...new Set(named.flatMap(({ kids }) => kids))],
    contentIds: named.flatMap(({ contentIds }) => contentIds),
  }
}

function readRequest(bytes: Uint8Array): NamedKeys | 'renewal' {
  const request = readMessage(bytes, LICENCE_REQUEST)
  const named = readContentIdentification(mergedMessage(request.all(2)))
  const type = request.one(3) ?? REQUEST.new
  const isRenewal = type === REQUEST.renewal || type === REQUEST.release
  if (isRenewal !== (named === 'existing licence') || (!isRenewal && type !== REQUEST.new))
    throw refused(
      `a request of type ${type} names ${named === 'existing licence' ? 'a licence that exists' : 'keys'}`,
    )
  return named === 'existing licence' ? 'renewal' : named
}

/** The other fields are the client's identity, signatures and numbers: no server looks for keys in them. */
const SIGNED_MESSAGE: MessageShape = {
  name: 'SignedMessage',
  numbers: [1],
  bytes: [2],
  namesKeys: false,
}
const LICENCE_REQUEST: MessageShape = {
  name: 'LicenseRequest',
  numbers: [3],
  bytes: [2],
  namesKeys: false,
}
const TYPE = { licenceRequest: 1, certificateRequest: 4 } as const
const REQUEST = { new: 1, renewal: 2, release: 3 } as const

function refused(text: string): HeadendError {
  return new HeadendError('WIDEVINE_CHALLENGE', `SignedMessage: ${text}`)
}
