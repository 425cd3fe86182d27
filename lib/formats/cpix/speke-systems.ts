/** The signalling of each DRM system for a key: PSSH, DASH and HLS signalling, and SPEKE 1's URIs. */
import { base64Text } from '../base64.ts'
import { printKey } from '../hls/key.ts'
import type { HlsKey } from '../hls/playlist.ts'
import {
  contentProtectionMarkup,
  fairPlayHlsKey,
  hlsKeyOf,
  hlsMethod,
  kidsPssh,
  type PsshBox,
  playReadyPssh,
  psshText,
  SYSTEM,
  type WidevineFacts,
  type WrmExtras,
  widevinePssh,
  wrmHeaderOf,
} from '../pssh/index.ts'
import { hexText } from '../uuid.ts'
import { escapeText } from '../xml/print.ts'
import type { SystemAnswer } from './complete-cpix.ts'

/** The facts about a key and its licensing. */
export interface SignalingFacts {
  /** The kid in the answer. */
  readonly kid: string
  readonly scheme: string
  /** The IV in HLS key tags of FairPlay and AES-128. */
  readonly iv?: Uint8Array
  readonly widevine?: Omit<WidevineFacts, 'kids'>
  /** Header members other than the keys; `checksums` by kid. */
  readonly playReady?: WrmExtras
  /** `skd://` URI. */
  readonly fairPlayUri?: string
  /** The URL of the key itself: for SPEKE 1's AES-128, and DASH's Clear Key (`dashif:Laurl`). */
  readonly keyUrl?: string
  readonly clearKeyLicenceUrl?: string
}

/**
 * The elements for a system. An unknown system gets a pssh with only the kid, which is all that is possible without its
 * vendor.
 */
export function signalingFor(systemId: string, facts: SignalingFacts): SystemAnswer {
  const { kid, scheme } = facts
  switch (systemId) {
    case SYSTEM.widevine:
      return fromBox(widevinePssh({ protectionScheme: scheme, ...facts.widevine, kids: [kid] }), scheme)
    case SYSTEM.playready: {
      const box = playReadyPssh({ header: wrmHeaderOf([kid], scheme, facts.playReady) })
      const object = base64Text(box.data)
      return { ...fromBox(box, scheme), smooth: object, protectionHeader: object }
    }
    case SYSTEM.fairplay:
      return facts.fairPlayUri === undefined ? {} : fromHlsKey(fairPlayHlsKey(facts.fairPlayUri))
    case SYSTEM.aes128:
      return facts.keyUrl === undefined ? {} : fromHlsKey(identityKey(facts.keyUrl, facts))
    case SYSTEM.clearkey:
      return clearKey(facts)
    default:
      return { ...fromBox(kidsPssh(systemId, [kid]), scheme), keepsRest: true }
  }
}

function fromBox(box: PsshBox, scheme: string): SystemAnswer {
  const key = hlsKeyOf(box, scheme)
  return {
    pssh: psshText(box),
    contentProtection: base64Of(contentProtectionMarkup(box)),
    ...(key ? fromHlsKey(key) : {}),
  }
}

/** Tags for both playlists, and the same in SPEKE 1's three elements, all base64. */
function fromHlsKey(key: HlsKey): SystemAnswer {
  return {
    hlsMedia: base64Of(printKey('EXT-X-KEY', key).trimEnd()),
    hlsMultiVariant: base64Of(printKey('EXT-X-SESSION-KEY', key).trimEnd()),
    uriExtXKey: base64Of(key.uri),
    keyFormat: base64Of(key.keyFormat ?? 'identity'),
    keyFormatVersions: base64Of(key.keyFormatVersions ?? '1'),
  }
}

function identityKey(uri: string, { scheme, iv }: SignalingFacts): HlsKey {
  const method = scheme === 'cbcs' ? 'SAMPLE-AES' : scheme === 'cenc' ? 'AES-128' : hlsMethod(scheme)
  return { method, uri, keyFormat: 'identity', keyFormatVersions: '1', ...(iv ? { iv: hexText(iv) } : {}) }
}

/** DASH-IF IOP 7.6.2.4: the licence URL in ContentProtection, and W3C's common pssh. */
function clearKey({ kid, clearKeyLicenceUrl }: SignalingFacts): SystemAnswer {
  const box = kidsPssh(SYSTEM.common, [kid])
  if (clearKeyLicenceUrl === undefined) return { pssh: psshText(box) }
  const laurl = `<dashif:Laurl xmlns:dashif="https://dashif.org/CPS">${escapeText(clearKeyLicenceUrl)}</dashif:Laurl>`
  const markup = contentProtectionMarkup(box) + laurl
  return { pssh: psshText(box), contentProtection: base64Of(markup) }
}

function base64Of(text: string): string {
  return base64Text(new TextEncoder().encode(text))
}
