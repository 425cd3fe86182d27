/** The rules of SPEKE, each with its error message (HTTP 422). */
import type { ErrorCodeOf } from '../../errors.ts'
import { SYSTEM } from '../pssh/systems.ts'
import type { ContentKey, Cpix, UsageRule } from './model.ts'

/** Versions of the protocol. */
export type SpekeVersion = '1.0' | '2.0' | '2.1'

/** A violated rule; the message is the answer's body. */
export interface SpekeProblem {
  readonly code: ErrorCodeOf<422>
  readonly message: string
  readonly status: 422
}

/** All problems of a document as a request, the worst first. */
export function spekeProblems(cpix: Cpix, version: SpekeVersion): SpekeProblem[] {
  return [...(version === '1.0' ? rulesOf1(cpix) : rulesOf2(cpix, version))]
}

/** The answer to a header or path with an unknown version. */
export const unsupportedSpekeVersion: SpekeProblem = problem('SPEKE_VERSION', 'Unsupported SPEKE version')

/**
 * The protocol of a request by its path's version and its X-Speke-Version header: 2.1 has the path of 2.0 and says so
 * in the header, SPEKE 1 has no header.
 */
export function spekeVersionOf(path: '1.0' | '2.0', header: string | undefined): SpekeVersion | undefined {
  const said = header?.trim()
  if (path === '1.0') return said === undefined || said === '1.0' ? '1.0' : undefined
  return said === '2.0' || said === '2.1' ? said : undefined
}

function* rulesOf1(cpix: Cpix): Generator<SpekeProblem> {
  if (empty(cpix.id ?? cpix.contentId)) yield problem('SPEKE_CONTENT_ID', 'Missing CPIX@id')
  if (cpix.keys.length === 0) return yield missing('ContentKey')
  if (cpix.systems.length === 0) return yield missing('DRMSystem')
  yield* keysAndSystems(cpix)
  yield* periodsOf(cpix)
  yield* recipientsOf(cpix)
}

function* rulesOf2(cpix: Cpix, version: SpekeVersion): Generator<SpekeProblem> {
  if (empty(cpix.contentId)) yield problem('SPEKE_CONTENT_ID', 'Missing CPIX@contentId')
  if (empty(cpix.version)) yield problem('SPEKE_CPIX_VERSION', 'Missing CPIX@version')
  else if (!CPIX_VERSIONS[version]?.includes(cpix.version ?? ''))
    yield problem('SPEKE_CPIX_VERSION', 'Unsupported CPIX@version')
  // without one of the lists, all else would be a dangling reference
  if (cpix.keys.length === 0) return yield missing('ContentKey')
  if (cpix.systems.length === 0) return yield missing('DRMSystem')
  if (cpix.rules.length === 0) return yield missing('ContentKeyUsageRule')
  yield* schemesOf(cpix, version)
  yield* keysAndSystems(cpix)
  yield* periodsOf(cpix)
  yield* contractOf(cpix)
  yield* recipientsOf(cpix)
}

/** Checks that a document has one known scheme, and one that FairPlay supports if it is among the systems. */
function* schemesOf({ keys, systems }: Cpix, version: SpekeVersion): Generator<SpekeProblem> {
  const allowed = version === '2.1' ? [...SCHEMES, ...HLS_METHODS] : SCHEMES
  const schemes = new Set<string>()
  for (const { kid, commonEncryptionScheme: scheme } of keys) {
    if (scheme === undefined || scheme === '')
      yield problem('SPEKE_SCHEME', `Missing ContentKey@commonEncryptionScheme for KID ${kid}`)
    else if (!allowed.includes(scheme))
      yield problem('SPEKE_SCHEME', `Unsupported ContentKey@commonEncryptionScheme for KID ${kid}`)
    else schemes.add(scheme)
  }
  const fairPlay = systems.some(({ systemId }) => systemId === SYSTEM.fairplay)
  const isFairPlays = [...schemes].every((scheme) => scheme === 'cbcs' || scheme === 'SAMPLE-AES')
  if (schemes.size > 1 || (fairPlay && !isFairPlays))
    yield problem('SPEKE_SCHEME', 'Non compliant ContentKey@commonEncryptionScheme combination')
}

/** Checks that kids are unique and references resolve. */
function* keysAndSystems({ keys, systems, rules }: Cpix): Generator<SpekeProblem> {
  const kids = new Set(keys.map(({ kid }) => kid))
  if (kids.size < keys.length) yield problem('SPEKE_KID', `Duplicate ContentKey@kid ${twice(keys)}`)
  const pairs = new Set<string>()
  for (const { kid, systemId, hls } of systems) {
    if (!kids.has(kid)) yield problem('SPEKE_KID', `Missing ContentKey for DRMSystem@kid ${kid}`)
    const pair = `${kid} ${systemId}`
    if (pairs.has(pair)) yield problem('SPEKE_SYSTEM', `Duplicate DRMSystem ${systemId} for KID ${kid}`)
    pairs.add(pair)
    const strange = hls.find(({ playlist }) => playlist !== undefined && !PLAYLISTS.has(playlist))
    if (strange) yield problem('SPEKE_PLAYLIST', `Unsupported HLSSignalingData@playlist for KID ${kid}`)
  }
  for (const { kid } of rules)
    if (!kids.has(kid)) yield problem('SPEKE_KID', `Missing ContentKey for ContentKeyUsageRule@kid ${kid}`)
}

/** Checks that referenced periods exist and state their time. */
function* periodsOf({ periods, rules }: Cpix): Generator<SpekeProblem> {
  const ids = new Set(periods.map(({ id }) => id))
  if (ids.size < periods.length) yield problem('SPEKE_PERIOD', 'Duplicate ContentKeyPeriod@id')
  for (const { id, index, start, startOffset } of periods)
    if (index === undefined && start === undefined && startOffset === undefined)
      yield problem('SPEKE_PERIOD', `Missing ContentKeyPeriod@index for ${shown(id)}`)
  for (const { kid, periodIds } of rules) {
    const lost = periodIds.find((id) => !ids.has(id))
    if (lost !== undefined)
      yield problem('SPEKE_PERIOD', `Missing ContentKeyPeriod ${shown(lost)} for KID ${kid}`)
  }
}

/** The encryption contract: one rule for each key, track types unique, ALL alone (SPEKE 2.0, Encryption contract). */
function* contractOf({ keys, rules }: Cpix): Generator<SpekeProblem> {
  const ruled = new Set(rules.map(({ kid }) => kid))
  for (const { kid } of keys)
    if (rules.length > 0 && !ruled.has(kid))
      yield problem('SPEKE_CONTRACT', `Missing ContentKeyUsageRule for KID ${kid}`)
  const typesByPeriod = new Map<string, string[]>()
  for (const rule of rules) {
    yield* filtersOf(rule)
    // the contract applies to each period separately
    for (const period of rule.periodIds.length > 0 ? rule.periodIds : ['']) {
      const types = typesByPeriod.get(period)
      if (types) types.push(rule.intendedTrackType ?? '')
      else typesByPeriod.set(period, [rule.intendedTrackType ?? ''])
    }
  }
  const isMixed = rules.some(isAll) && rules.some((rule) => !isAll(rule))
  const all = [...typesByPeriod.values()]
  if (isMixed || all.some((types) => types.includes(ALL) && types.length > 1))
    yield problem('SPEKE_CONTRACT', 'Non compliant ContentKeyUsageRule@intendedTrackType combination')
  else if (all.some((types) => new Set(types).size < types.length))
    yield problem('SPEKE_CONTRACT', 'Duplicate ContentKeyUsageRule@intendedTrackType')
}

function* filtersOf({ kid, intendedTrackType, video, audio, unknown }: UsageRule): Generator<SpekeProblem> {
  if (empty(intendedTrackType))
    yield problem('SPEKE_CONTRACT', `Missing ContentKeyUsageRule@intendedTrackType for KID ${kid}`)
  if (video.length === 0 && audio.length === 0)
    yield problem('SPEKE_CONTRACT', `Missing VideoFilter or AudioFilter for KID ${kid}`)
  if (unknown.length > 0) yield problem('SPEKE_CONTRACT', `Unsupported filter for KID ${kid}`)
  const isBare = [...video, ...audio].every((filter) => Object.keys(filter).length === 0)
  if (intendedTrackType === ALL && !(video.length === 1 && audio.length === 1 && isBare))
    yield problem('SPEKE_CONTRACT', `Non compliant filters of intendedTrackType ALL for KID ${kid}`)
}

function* recipientsOf({ deliveries }: Cpix): Generator<SpekeProblem> {
  for (const { id, certificates } of deliveries)
    if (certificates.length === 0)
      yield problem('SPEKE_RECIPIENT', `Missing X509Certificate for DeliveryData ${shown(id)}`)
}

const ALL = 'ALL'
const SCHEMES: readonly string[] = ['cenc', 'cbc1', 'cens', 'cbcs']
const HLS_METHODS: readonly string[] = ['AES-128', 'SAMPLE-AES', 'SAMPLE-AES-CTR', 'AES-256', 'AES-256-GCM']
const PLAYLISTS: ReadonlySet<string> = new Set(['media', 'master', 'multiVariant'])

/** 2.3.1 corrects the schema of 2.3 and adds nothing. */
const CPIX_VERSIONS: Readonly<Record<SpekeVersion, readonly string[]>> = {
  '1.0': [],
  '2.0': ['2.3', '2.3.1'],
  '2.1': ['2.4'],
}

function isAll({ intendedTrackType }: UsageRule): boolean {
  return intendedTrackType === ALL
}

function twice(keys: readonly ContentKey[]): string {
  const kids = new Set<string>()
  for (const { kid } of keys) {
    if (kids.has(kid)) return kid
    kids.add(kid)
  }
  return ''
}

function empty(text: string | undefined): boolean {
  return text === undefined || text.trim() === ''
}

/** A requester's id as shown in an answer: shortened. */
function shown(id: string | undefined): string {
  return id === undefined ? 'without id' : id.slice(0, 80)
}

function missing(name: 'ContentKey' | 'DRMSystem' | 'ContentKeyUsageRule'): SpekeProblem {
  return problem('SPEKE_LIST', `Missing ${name} in ${name}List`)
}

function problem(code: ErrorCodeOf<422>, message: string): SpekeProblem {
  return { code, message, status: 422 }
}
