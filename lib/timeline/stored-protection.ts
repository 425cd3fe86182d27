/**
 * How content is protected, as manifests may know it: key periods and what may be said of their keys, never a key.
 * One immutable object for each state of it, named by the row that names the timeline's version.
 */

import { HeadendError } from '../errors.ts'
import type { ContentId } from './ids.ts'
import type { PsshTemplate } from './key-boxes.ts'
import type { KeySharing } from './key-label.ts'

/**
 * Where keys change in band, every so many a manifest names one, and players ask for the next ones; a licence has
 * twice as many, so that what is left at the end, if it is less, goes with what is before it.
 */
export const keysInBand = 30

/** A scheme of Common Encryption (ISO/IEC 23001-7 10). */
export type CencScheme = 'cenc' | 'cbcs'
/** A DRM system by its name. */
export type DrmSystem = 'widevine' | 'playready' | 'fairplay' | 'clearkey'

/** What the object holds. */
export interface StoredProtection {
  readonly format: 'headend-protection/1'
  /** Players may ask for one of these; the protocol's usual one where they don't. */
  readonly schemes: readonly CencScheme[]
  readonly systems: readonly DrmSystem[]
  readonly sharing: KeySharing
  /** Where licences are had, without a slash at its end. */
  readonly licenceUrl: string
  /** Least output protection of pictures (HDCP-LEVEL of RFC 8216bis 4.4.6.2). */
  readonly hdcp?: 'TYPE-0' | 'TYPE-1'
  /** Least robustness by system, in that system's words. */
  readonly robustness?: Readonly<Partial<Record<DrmSystem, string>>>
  /** By scheme: which classes of devices are as robust as that, as ALLOWED-CPC says it (RFC 8216bis 4.4.6.2). */
  readonly allowedCpc?: Readonly<Partial<Record<CencScheme, string>>>
  /** At most so much is in the clear, from the film's start on. */
  readonly clearLeadSeconds?: number
  /** The lead has paths of its own, `media/lead-N/…`; in states of before it has none and lies under `media/clear/…`. */
  readonly leadPaths?: true
  /** DASH hears of keys after the first one in the media alone. */
  readonly inBand?: true
  /** By scheme: the boxes of those systems that have one. */
  readonly boxes: Readonly<Partial<Record<CencScheme, SystemBoxes>>>
  /** In their order. */
  readonly periods: readonly StoredKeyPeriod[]
}

/** Whole `pssh` boxes. */
export type SystemBoxes = Readonly<Partial<Record<'widevine' | 'playready', PsshTemplate>>>

/** From `fromMs` on, and until the next period, these keys are in force. */
export interface StoredKeyPeriod {
  readonly index: number
  /** Milliseconds of media time (films) or of the epoch (live). */
  readonly fromMs: number
  readonly keys: readonly StoredKeyFacts[]
}

/** What may be said of one key. */
export interface StoredKeyFacts {
  readonly label: string
  /** 32 hex digits, lower case. */
  readonly kid: string
  /** Constant IV of cbcs, 32 hex digits, lower case. */
  readonly iv: string
  /** What PlayReady calls a checksum: 8 bytes of the kid enciphered, base64. */
  readonly checksum: string
}

/** Where a state of a content's protection lies in the media bucket. */
export const protectionKey = (contentId: ContentId, name: string): string =>
  `protection/${contentId}/${name}.json`

/** Reads it; throws PROTECTION_FORMAT where it is not one this version knows. */
export function decodeProtection(key: string, text: string): StoredProtection {
  const stored = JSON.parse(text) as Partial<StoredProtection>
  if (stored.format !== 'headend-protection/1')
    throw new HeadendError(
      'PROTECTION_FORMAT',
      `${key}: expected format headend-protection/1, got ${String(stored.format)}`,
      { status: 500 },
    )
  return stored as StoredProtection
}
