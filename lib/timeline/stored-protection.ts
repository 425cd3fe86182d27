/**
 * The protection of content as manifests may know it: key periods and public facts of their keys, never a key. One
 * immutable object per state, named by the row that names the timeline's version.
 */

import { HeadendError } from '../errors.ts'
import type { ContentId } from './ids.ts'
import type { PsshTemplate } from './key-boxes.ts'
import type { KeySharing } from './key-label.ts'
import type { Eras } from './key-periods.ts'

/**
 * With in-band key rotation, a manifest names one in so many keys, and players request the next ones; a licence has
 * twice as many, so that a smaller remainder at the end is covered by the one before.
 */
export const keysInBand = 30

/** A scheme of Common Encryption (ISO/IEC 23001-7 10). */
export type CencScheme = 'cenc' | 'cbcs'
/** Name of a DRM system. */
export type DrmSystem = 'widevine' | 'playready' | 'fairplay' | 'clearkey'

/** The stored object. */
export interface StoredProtection {
  readonly format: 'headend-protection/1'
  /** Players may request any of these; the default is the protocol's usual one. */
  readonly schemes: readonly CencScheme[]
  readonly systems: readonly DrmSystem[]
  readonly sharing: KeySharing
  /** Base URL of licences, without a trailing slash. */
  readonly licenceUrl: string
  /** Minimum output protection of video (HDCP-LEVEL of RFC 8216bis 4.4.6.2). */
  readonly hdcp?: 'TYPE-0' | 'TYPE-1'
  /** Minimum robustness by system, in that system's terms. */
  readonly robustness?: Readonly<Partial<Record<DrmSystem, string>>>
  /** By scheme: the device classes of at least that robustness, as in ALLOWED-CPC (RFC 8216bis 4.4.6.2). */
  readonly allowedCpc?: Readonly<Partial<Record<CencScheme, string>>>
  /** Maximum clear lead from the asset's start. */
  readonly clearLeadSeconds?: number
  /** The lead has its own paths, `media/lead-N/…`; in older states it lies under `media/clear/…`. */
  readonly leadPaths?: true
  /** In DASH, keys after the first one are signalled only in the media. */
  readonly inBand?: true
  /** By scheme: the boxes of those systems that have one. */
  readonly boxes: Readonly<Partial<Record<CencScheme, SystemBoxes>>>
  /** In order; none of a channel, whose periods lie by the hour (`keyHourKey`). */
  readonly periods: readonly StoredKeyPeriod[]
  /** Of a channel: when its periods begin, as far back as viewers may go. */
  readonly eras?: Eras
}

/** Whole `pssh` boxes. */
export type SystemBoxes = Readonly<Partial<Record<'widevine' | 'playready', PsshTemplate>>>

/** Keys that apply from `fromMs` until the next period. */
export interface StoredKeyPeriod {
  readonly index: number
  /** Milliseconds of media time (VOD) or since the epoch (live). */
  readonly fromMs: number
  readonly keys: readonly StoredKeyFacts[]
}

/** The public facts of one key. */
export interface StoredKeyFacts {
  readonly label: string
  /** 32 hex digits, lower case. */
  readonly kid: string
  /** Constant IV of cbcs, 32 hex digits, lower case. */
  readonly iv: string
  /** PlayReady's checksum: 8 bytes of the encrypted kid, base64. */
  readonly checksum: string
}

/** Key in the media bucket of a state of a content's protection. */
export const protectionKey = (contentId: ContentId, name: string): string =>
  `protection/${contentId}/${name}.json`

/** Parses it; throws PROTECTION_FORMAT for an unknown format. */
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
