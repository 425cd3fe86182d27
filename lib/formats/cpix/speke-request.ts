/** A CPIX document as a SPEKE request: the keys, tracks and systems asked for (SPEKE 1.0, 2.0, 2.1). */
import type { Cpix, DeliveryData, DrmSystem, KeyPeriod, UsageRule } from './model.ts'
import { type SpekeProblem, type SpekeVersion, spekeProblems } from './speke-rules.ts'

/** A valid request. */
export interface SpekeRequest {
  readonly version: SpekeVersion
  readonly contentId: string
  /** `cenc`, `cbcs`, …: one for the whole document; absent in SPEKE 1. */
  readonly scheme?: string
  readonly keys: readonly SpekeKey[]
  readonly systems: readonly DrmSystem[]
  /** The recipients to encrypt the keys for; if empty, keys are clear. */
  readonly recipients: readonly DeliveryData[]
}

/** A requested key. */
export interface SpekeKey {
  readonly kid: string
  readonly explicitIV?: Uint8Array
  /** One or more of `VIDEO`, `AUDIO`, `ALL`, `SD`, …; absent in SPEKE 1. */
  readonly intendedTrackType?: string
  /** The usage rules of the key; several in SPEKE 1 only. */
  readonly rules: readonly UsageRule[]
  /** Absent for on demand without rotation. */
  readonly period?: KeyPeriod
}

/** The result of validation: a request, or all problems found. */
export type SpekeVerdict =
  | { readonly request: SpekeRequest; readonly problems?: undefined }
  | { readonly problems: readonly SpekeProblem[]; readonly request?: undefined }

/** Validates a document sent for a protocol version. */
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

/** SPEKE 1 has it in `id`; encryptors in transition to 2 send both. */
function contentIdOf({ id, contentId }: Cpix, version: SpekeVersion): string {
  return (version === '1.0' ? (id ?? contentId) : contentId) ?? ''
}
