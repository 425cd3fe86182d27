/** SPEKE's view of a CPIX document: who asks for which keys, for which tracks and systems (SPEKE 1.0, 2.0, 2.1). */
import type { Cpix, DeliveryData, DrmSystem, KeyPeriod, UsageRule } from './model.ts'
import { type SpekeProblem, type SpekeVersion, spekeProblems } from './speke-rules.ts'

/** A request that keeps the rules. */
export interface SpekeRequest {
  readonly version: SpekeVersion
  readonly contentId: string
  /** `cenc`, `cbcs`, …: one for the whole document; SPEKE 1 says none. */
  readonly scheme?: string
  readonly keys: readonly SpekeKey[]
  readonly systems: readonly DrmSystem[]
  /** Who the keys are to be encrypted for; clear where there is none. */
  readonly recipients: readonly DeliveryData[]
}

/** A key that is asked for. */
export interface SpekeKey {
  readonly kid: string
  readonly explicitIV?: Uint8Array
  /** One or more of `VIDEO`, `AUDIO`, `ALL`, `SD`, …; SPEKE 1 says none. */
  readonly intendedTrackType?: string
  /** Where and for what the key is used; several in SPEKE 1 at most. */
  readonly rules: readonly UsageRule[]
  /** Absent for on demand without rotation. */
  readonly period?: KeyPeriod
}

/** What a document is as a request: good, or with everything that is wrong with it. */
export type SpekeVerdict =
  | { readonly request: SpekeRequest; readonly problems?: undefined }
  | { readonly problems: readonly SpekeProblem[]; readonly request?: undefined }

/** Judges a document that was sent for a version of the protocol. */
export function readSpekeRequest(cpix: Cpix, version: SpekeVersion): SpekeVerdict {
  const problems = spekeProblems(cpix, version)
  return problems.length > 0 ? { problems } : { request: requestOf(cpix, version) }
}

function requestOf(cpix: Cpix, version: SpekeVersion): SpekeRequest {
  const periods = new Map(cpix.periods.map((period) => [period.id, period]))
  const rulesByKid = Map.groupBy(cpix.rules, ({ kid }) => kid)
  const scheme = cpix.keys[0]?.commonEncryptionScheme
  return {
    version,
    contentId: contentIdOf(cpix, version),
    ...(scheme === undefined ? {} : { scheme }),
    keys: cpix.keys.map(({ kid, explicitIV }) => {
      const rules = rulesByKid.get(kid) ?? []
      const intendedTrackType = rules[0]?.intendedTrackType
      const period = periods.get(rules.flatMap(({ periodIds }) => periodIds)[0])
      return {
        kid,
        ...(explicitIV ? { explicitIV } : {}),
        ...(intendedTrackType === undefined ? {} : { intendedTrackType }),
        rules,
        ...(period ? { period } : {}),
      }
    }),
    systems: cpix.systems,
    recipients: cpix.deliveries,
  }
}

/** SPEKE 1 has it in `id`; encryptors on the way to 2 say both. */
function contentIdOf({ id, contentId }: Cpix, version: SpekeVersion): string {
  return (version === '1.0' ? (id ?? contentId) : contentId) ?? ''
}
