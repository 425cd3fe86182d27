/** Protection scheme of a request: from its query, else the usual one of its protocol. */
import { HeadendError } from '../../errors.ts'
import {
  type CencScheme,
  type DrmSystem,
  decodeProtection,
  protectionKey,
  type StoredProtection,
} from '../../timeline/stored-protection.ts'
import type { TimelineReader } from '../read.ts'
import { single } from '../selection/query-parameter.ts'
import type { Signalling } from './key-facts.ts'

/** A protection state and the form a request wants it in; part of the paths of Media Playlists. */
export interface ProtectionChoice {
  /** Name of the state, as in `protectionKey`. */
  readonly name: string
  /** Absent: the protocol's usual one. */
  readonly scheme?: CencScheme | undefined
  /** Signals Clear Key in HLS with KEYFORMAT `identity`. */
  readonly identity: boolean
}

/**
 * Parses the query: `scheme=cenc|cbcs`, and `keyformat=identity` for HLS players that expect Clear Key in that form.
 */
export function askedProtection(name: string, query: URLSearchParams): ProtectionChoice {
  const scheme = single(query, 'scheme')
  if (scheme !== undefined && scheme !== 'cenc' && scheme !== 'cbcs')
    throw new HeadendError('SCHEME_UNKNOWN', `scheme: expected cenc or cbcs, got ${scheme.slice(0, 40)}`)
  const format = single(query, 'keyformat')
  if (format !== undefined && format !== 'identity')
    throw new HeadendError('KEYFORMAT_UNKNOWN', `keyformat: expected identity, got ${format.slice(0, 40)}`)
  return { name, scheme, identity: format === 'identity' }
}

/** The scheme most players of a protocol support. */
const defaultScheme = { hls: 'cbcs', dash: 'cenc' } as const

/**
 * Reads the state and selects a scheme: the requested one, else the protocol's usual one, else another that one of the
 * content's DRM systems supports. Throws SCHEME_UNAVAILABLE (400) if the requested scheme is not offered,
 * SYSTEM_UNAVAILABLE if no DRM system of the content supports it, KEYFORMAT_UNAVAILABLE (400) if Clear Key is not one
 * of its systems: a manifest that names no key for encrypted media would play nowhere.
 */
export async function signallingOf(
  reader: TimelineReader,
  timelineId: string,
  { name, scheme, identity }: ProtectionChoice,
  protocol: 'hls' | 'dash',
): Promise<Signalling | undefined> {
  const key = protectionKey(timelineId, name)
  const text = await reader.object(key)
  if (text === undefined) return undefined
  const stored = decodeProtection(key, text)
  if (scheme !== undefined && !stored.schemes.includes(scheme))
    throw new HeadendError(
      'SCHEME_UNAVAILABLE',
      `scheme: expected ${stored.schemes.join(' or ')} of ${timelineId}, got ${scheme}`,
    )
  if (identity && protocol === 'hls' && !stored.systems.includes('clearkey'))
    throw new HeadendError(
      'KEYFORMAT_UNAVAILABLE',
      `keyformat: expected none of ${timelineId}, whose systems are ${stored.systems.join(', ')}; identity is for Clear Key`,
    )
  const usual = defaultScheme[protocol]
  const offered = scheme
    ? [scheme]
    : stored.schemes.toSorted((a, b) => Number(b === usual) - Number(a === usual))
  const chosen = offered.find((one) => stored.systems.some((system) => carries(stored, system, one)))
  if (chosen === undefined) {
    const why = `${timelineId}: expected a DRM system that carries ${offered.join(' or ')}, got ${stored.systems.join(', ') || 'none'}; ask for another scheme or change its policy`
    throw scheme
      ? new HeadendError('SYSTEM_UNAVAILABLE', why)
      : new HeadendError('SYSTEM_UNAVAILABLE', why, { status: 404 })
  }
  return {
    stored,
    scheme: chosen,
    clearKeyFormat: identity ? 'identity' : 'org.w3.clearkey',
    // HLS playlists name each key where it begins, whatever the media signals.
    inBand: protocol === 'dash' && stored.inBand === true,
  }
}

/**
 * Whether a system's keys can be signalled with a scheme: FairPlay supports only cbcs, Widevine and PlayReady need a
 * PSSH box.
 */
function carries({ boxes }: StoredProtection, system: DrmSystem, scheme: CencScheme): boolean {
  if (system === 'fairplay') return scheme === 'cbcs'
  return system === 'clearkey' || boxes[scheme]?.[system] !== undefined
}
