/** The answer to a SPEKE request: the request's document, completed with keys and signalling. */
import { completeCpix, type KeyAnswer } from './complete-cpix.ts'
import type { CpixCrypto } from './crypto.ts'
import { encryptKeys } from './encrypt-keys.ts'
import type { HdcpData } from './model.ts'
import type { CpixDocument } from './read-cpix.ts'
import type { SpekeRequest } from './speke-request.ts'
import { type SignalingFacts, signalingFor } from './speke-systems.ts'

/** The answer for a requested kid. */
export interface SpekeKeyFacts {
  readonly key: Uint8Array
  /** The kid, if another than requested. */
  readonly kid?: string
  readonly explicitIV?: Uint8Array
  readonly hdcp?: HdcpData
  /** For DASH's @robustness and HLS's ALLOWED-CPC by system id (SPEKE 2.1). */
  readonly robustness?: ReadonlyMap<string, { readonly dash?: string; readonly hlsAllowedCpc?: string }>
  /** Facts for signalling other than kid, scheme and IV. */
  readonly signaling: Omit<SignalingFacts, 'kid' | 'scheme' | 'iv'>
}

/** The inputs of an answer. */
export interface SpekeAnswer {
  readonly request: SpekeRequest
  readonly keys: ReadonlyMap<string, SpekeKeyFacts>
  /** SPEKE 1 names no scheme; keys of 2 have their own. */
  readonly scheme?: string
  readonly crypto: CpixCrypto
}

/**
 * The document to return. If the request names recipients, keys are encrypted for them and never included in the clear.
 */
export function answerSpeke(document: CpixDocument, { request, keys, scheme, crypto }: SpekeAnswer): string {
  const clear = new Map([...keys].map(([kid, { key }]) => [kid, key]))
  const encrypted =
    request.recipients.length > 0
      ? encryptKeys(crypto, {
          keys: clear,
          certificates: request.recipients.flatMap(({ certificates }) => certificates.slice(0, 1)),
          ...(document.cpix.version === undefined ? {} : { version: document.cpix.version }),
        })
      : undefined
  const answers = new Map<string, KeyAnswer>()
  for (const [kid, facts] of keys) {
    const { key, explicitIV, hdcp } = facts
    answers.set(kid, {
      secret: encrypted?.secrets.get(kid) ?? { plain: key },
      ...(facts.kid === undefined ? {} : { kid: facts.kid }),
      ...(explicitIV ? { explicitIV } : {}),
      // the element came with 2.1
      ...(hdcp && request.version === '2.1' ? { hdcp } : {}),
    })
  }
  const askedIvs = new Map(request.keys.map(({ kid, explicitIV }) => [kid, explicitIV]))
  return completeCpix(document, {
    keys: answers,
    ...(encrypted ? { deliveries: encrypted.deliveries } : {}),
    systemFor(kid, systemId) {
      const facts = keys.get(kid)
      if (!facts) return undefined
      const iv = facts.explicitIV ?? askedIvs.get(kid)
      const robustness = request.version === '2.1' ? facts.robustness?.get(systemId) : undefined
      return {
        ...signalingFor(systemId, {
          ...facts.signaling,
          kid: facts.kid ?? kid,
          scheme: request.scheme ?? scheme ?? 'cenc',
          ...(iv ? { iv } : {}),
        }),
        ...(robustness?.dash === undefined ? {} : { robustness: robustness.dash }),
        ...(robustness?.hlsAllowedCpc === undefined ? {} : { hlsAllowedCpc: robustness.hlsAllowedCpc }),
      }
    },
  })
}
