/** Versions and their staging labels: each label is on one version, and what was current is then previous. */
import { AwsFault } from '../service.ts'
import type { Secret, SecretVersion } from './types.ts'

export const current = 'AWSCURRENT'
const previous = 'AWSPREVIOUS'
const maxVersions = 100

/** A value: text or bytes in base64. */
export interface SecretValue {
  readonly text?: string
  readonly binary?: string
}

/**
 * The secret with the value as version `id` under the labels. The same version again changes nothing; with
 * another value it is refused.
 */
export function withVersion(
  secret: Secret,
  {
    id,
    value,
    stages,
    nowMs,
  }: {
    readonly id: string
    readonly value: SecretValue
    readonly stages: readonly string[]
    readonly nowMs: number
  },
): Secret {
  const existing = secret.versions.find((version) => version.id === id)
  if (existing !== undefined) {
    if (existing.text === value.text && existing.binary === value.binary) return secret
    throw new AwsFault(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    )
  }
  const added: Secret = {
    ...secret,
    changedAtMs: nowMs,
    versions: [...secret.versions, { id, ...value, stages: [], createdAtMs: nowMs }],
  }
  const labelled = stages.reduce((next, stage) => withStage(next, stage, id), added)
  const kept = labelled.versions.filter(
    ({ stages: labels }, index, { length }) => labels.length > 0 || index >= length - maxVersions,
  )
  return { ...labelled, versions: kept }
}

/** The secret with the label on that version, taken from the one that had it; `undefined` only takes it away. */
export function withStage(secret: Secret, stage: string, to: string | undefined): Secret {
  const holder = secret.versions.find(({ stages }) => stages.includes(stage))
  if (holder?.id === to) return secret
  const moved = {
    ...secret,
    versions: secret.versions.map((version) => {
      const others = version.stages.filter((label) => label !== stage)
      return { ...version, stages: version.id === to ? [...others, stage] : others }
    }),
  }
  return stage === current && holder !== undefined ? withStage(moved, previous, holder.id) : moved
}

/** The version with both the id and the label asked for; the current one when neither is. */
export function findVersion(
  secret: Secret,
  asked: { readonly id?: string; readonly stage?: string },
): SecretVersion {
  const stage = asked.stage ?? (asked.id === undefined ? current : undefined)
  const found = secret.versions.find(
    ({ id, stages }) =>
      (asked.id === undefined || asked.id === id) && (stage === undefined || stages.includes(stage)),
  )
  if (found !== undefined) return found
  const what = asked.id === undefined ? `staging label: ${stage}` : `VersionId: ${asked.id}`
  throw new AwsFault(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${what}`,
  )
}
