/** Which of a content's protections a request gets: as its query asks, else as its protocol's players usually take it. */
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

/** A state of a content's protection and the form a request wants it in; part of the paths of Media Playlists. */
export interface ProtectionChoice {
  /** Of the state, as `protectionKey` takes it. */
  readonly name: string
  /** Absent: the protocol's usual one. */
  readonly scheme?: CencScheme | undefined
  /** Clear Key in HLS as a key of one's own. */
  readonly identity: boolean
}

/** What the query says: `scheme=cenc|cbcs`, and `keyformat=identity` for players of HLS that know Clear Key as that. */
export function askedProtection(name: string, query: URLSearchParams): ProtectionChoice {
  const scheme = single(query, 'scheme')
  if (scheme !== undefined && scheme !== 'cenc' && scheme !== 'cbcs')
    throw new HeadendError('SCHEME_UNKNOWN', `scheme: expected cenc or cbcs, got ${scheme.slice(0, 40)}`)
  const format = single(query, 'keyformat')
  if (format !== undefined && format !== 'identity')
    throw new HeadendError('KEYFORMAT_UNKNOWN', `keyformat: expected identity, got ${format.slice(0, 40)}`)
  return { name, scheme, identity: format === 'identity' }
}

/** Which scheme players of a protocol usually take. */
const defaultScheme = { hls: 'cbcs', dash: 'cenc' } as const

/**
 * Reads the state and settles on a scheme: the one asked for, else the protocol's usual one, else another that one of
 * the content's systems carries. Throws SCHEME_UNAVAILABLE (400) where the content is not offered as asked,
 * SYSTEM_UNAVAILABLE where no system of the content could open it so, KEYFORMAT_UNAVAILABLE (400) where Clear Key is
 * none of its systems: a manifest that names no key over encrypted media would play nowhere.
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
    // Playlists name each key where it begins, whatever the media say.
    inBand: protocol === 'dash' && stored.inBand === true,
  }
}

/** Whether a system's players can be told of keys of a scheme: FairPlay knows cbcs alone, others need their box. */
function carries({ boxes }: StoredProtection, system: DrmSystem, scheme: CencScheme): boolean {
  if (system === 'fairplay') return scheme === 'cbcs'
  return system === 'clearkey' || boxes[scheme]?.[system] !== undefined
}
