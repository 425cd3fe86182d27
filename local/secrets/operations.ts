/** Secrets Manager's operations by their names on the wire, each asking for its permission first. */
import { randomUUID } from 'node:crypto'
import { flag, type JsonRecord, optionalInteger, optionalText, records, text, texts } from '../json-input.ts'
import { type Authorize, AwsFault, account, type Caller, region } from '../service.ts'
import { randomPassword } from './password.ts'
import type { Secret } from './types.ts'
import type { Vault } from './vault.ts'
import { current, findVersion, type SecretValue, withStage, withVersion } from './versions.ts'

const maxSecretBytes = 65_536
const dayMs = 24 * 60 * 60 * 1000

export type SecretsOperation = (input: JsonRecord, caller: Caller) => Promise<JsonRecord> | JsonRecord

export const secretArn = (name: string, suffix: string): string =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${suffix}`

export function secretsOperations(
  vault: Vault,
  { authorize, now }: { readonly authorize: Authorize; readonly now: () => number },
): Readonly<Record<string, SecretsOperation>> {
  /** The secret once the caller may do `action` to it. */
  function permitted(input: JsonRecord, caller: Caller, action: string): Secret {
    const id = text(input, 'SecretId')
    const arn = vault.find(id)?.arn ?? (id.startsWith('arn:') ? id : secretArn(id, '??????'))
    authorize(caller, `secretsmanager:${action}`, arn)
    return vault.known(id)
  }

  /** As `permitted`, but not when the secret is about to be deleted. */
  function usable(input: JsonRecord, caller: Caller, action: string): Secret {
    const secret = permitted(input, caller, action)
    if (secret.deletedAtMs === undefined) return secret
    throw new AwsFault(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    )
  }

  return {
    async CreateSecret(input, caller) {
      const name = text(input, 'Name')
      if (!/^[\w/+=.@-]{1,512}$/.test(name)) {
        throw new AwsFault(
          'ValidationException',
          'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
        )
      }
      authorize(caller, 'secretsmanager:CreateSecret', secretArn(name, '??????'))
      const value = valueOf(input)
      const id = tokenOf(input)
      const existing = vault.find(name)
      if (existing !== undefined) {
        if (existing.deletedAtMs !== undefined) {
          throw new AwsFault(
            'InvalidRequestException',
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
          )
        }
        // A retry of the request that made it is answered again.
        const first = existing.versions.find((version) => version.id === id)
        if (first === undefined)
          throw new AwsFault(
            'ResourceExistsException',
            `The operation failed because the secret ${name} already exists.`,
          )
        if (value !== undefined) withVersion(existing, { id, value, stages: [], nowMs: now() })
        return { ARN: existing.arn, Name: name, VersionId: id }
      }
      const arn = secretArn(name, randomPassword({ PasswordLength: 6, ExcludePunctuation: true }))
      const made = emptySecret({ name, arn, input, nowMs: now() })
      await vault.save(
        value === undefined ? made : withVersion(made, { id, value, stages: [current], nowMs: now() }),
      )
      return { ARN: arn, Name: name, ...(value !== undefined && { VersionId: id }) }
    },

    GetSecretValue(input, caller) {
      const secret = usable(input, caller, 'GetSecretValue')
      const id = optionalText(input, 'VersionId')
      const stage = optionalText(input, 'VersionStage')
      const version = findVersion(secret, {
        ...(id !== undefined && { id }),
        ...(stage !== undefined && { stage }),
      })
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        SecretString: version.text,
        SecretBinary: version.binary,
        VersionStages: version.stages,
        CreatedDate: version.createdAtMs / 1000,
      }
    },

    async PutSecretValue(input, caller) {
      const secret = usable(input, caller, 'PutSecretValue')
      const value = valueOf(input)
      if (value === undefined)
        throw new AwsFault(
          'InvalidParameterException',
          'You must provide either SecretString or SecretBinary.',
        )
      const id = tokenOf(input)
      const asked = texts(input, 'VersionStages')
      // The first value is current whatever its labels, for a secret is never without.
      const stages =
        asked.length === 0 || secret.versions.length === 0 ? [...new Set([current, ...asked])] : asked
      const next = withVersion(secret, { id, value, stages, nowMs: now() })
      await vault.save(next)
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: id,
        VersionStages: next.versions.find((version) => version.id === id)?.stages,
      }
    },

    async UpdateSecret(input, caller) {
      const secret = usable(input, caller, 'UpdateSecret')
      const value = valueOf(input)
      const id = tokenOf(input)
      const detailed = { ...secret, ...detailsOf(input), changedAtMs: now() }
      await vault.save(
        value === undefined
          ? detailed
          : withVersion(detailed, { id, value, stages: [current], nowMs: now() }),
      )
      return { ARN: secret.arn, Name: secret.name, ...(value !== undefined && { VersionId: id }) }
    },

    DescribeSecret: (input, caller) =>
      described(permitted(input, caller, 'DescribeSecret'), 'VersionIdsToStages'),

    ListSecrets(input, caller) {
      authorize(caller, 'secretsmanager:ListSecrets', '*')
      const planned = flag(input, 'IncludePlannedDeletion')
      const limit = optionalInteger(input, 'MaxResults', { min: 1, max: 100 }) ?? 100
      const after = optionalText(input, 'NextToken') ?? ''
      const found = vault
        .all()
        .filter(({ name, deletedAtMs }) => name > after && (planned || deletedAtMs === undefined))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      const page = found.slice(0, limit)
      return {
        SecretList: page.map((secret) => described(secret, 'SecretVersionsToStages')),
        ...(found.length > limit && { NextToken: page.at(-1)?.name }),
      }
    },

    ListSecretVersionIds(input, caller) {
      const secret = permitted(input, caller, 'ListSecretVersionIds')
      const deprecated = flag(input, 'IncludeDeprecated')
      const versions = secret.versions.filter(({ stages }) => deprecated || stages.length > 0)
      return {
        ARN: secret.arn,
        Name: secret.name,
        Versions: versions.map(({ id, stages, createdAtMs }) => ({
          VersionId: id,
          VersionStages: stages,
          CreatedDate: createdAtMs / 1000,
        })),
      }
    },

    async UpdateSecretVersionStage(input, caller) {
      const secret = usable(input, caller, 'UpdateSecretVersionStage')
      const stage = text(input, 'VersionStage')
      const to = optionalText(input, 'MoveToVersionId')
      const from = optionalText(input, 'RemoveFromVersionId')
      const holder = secret.versions.find(({ stages }) => stages.includes(stage))?.id
      if (to !== undefined) findVersion(secret, { id: to })
      if (to !== holder && holder !== from) {
        throw new AwsFault(
          'InvalidParameterException',
          `The parameter RemoveFromVersionId can't be empty or other. Staging label ${stage} is currently attached to version ${holder}.`,
        )
      }
      if (to === undefined && stage === current) {
        throw new AwsFault(
          'InvalidParameterException',
          `You can only move staging label ${current} to a different secret version. It can't be completely removed.`,
        )
      }
      await vault.save({ ...withStage(secret, stage, to), changedAtMs: now() })
      return { ARN: secret.arn, Name: secret.name }
    },

    async DeleteSecret(input, caller) {
      const secret = permitted(input, caller, 'DeleteSecret')
      const days = optionalInteger(input, 'RecoveryWindowInDays', { min: 7, max: 30 })
      const force = flag(input, 'ForceDeleteWithoutRecovery')
      if (force && days !== undefined) {
        throw new AwsFault(
          'InvalidParameterException',
          "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        )
      }
      const deletionDateMs = now() + (force ? 0 : (days ?? 30) * dayMs)
      if (force) await vault.remove(secret.name)
      else await vault.save({ ...secret, deletedAtMs: now(), deletionDateMs })
      return { ARN: secret.arn, Name: secret.name, DeletionDate: deletionDateMs / 1000 }
    },

    async RestoreSecret(input, caller) {
      const {
        deletedAtMs: _deleted,
        deletionDateMs: _date,
        ...secret
      } = permitted(input, caller, 'RestoreSecret')
      await vault.save(secret)
      return { ARN: secret.arn, Name: secret.name }
    },

    GetRandomPassword(input, caller) {
      authorize(caller, 'secretsmanager:GetRandomPassword', '*')
      return { RandomPassword: randomPassword(input) }
    },

    async TagResource(input, caller) {
      const secret = permitted(input, caller, 'TagResource')
      await vault.save({ ...secret, tags: { ...secret.tags, ...tagsOf(input) } })
      return {}
    },

    async UntagResource(input, caller) {
      const secret = permitted(input, caller, 'UntagResource')
      const gone = new Set(texts(input, 'TagKeys'))
      const kept = Object.entries(secret.tags).filter(([key]) => !gone.has(key))
      await vault.save({ ...secret, tags: Object.fromEntries(kept) })
      return {}
    },
  }
}

/** A secret without a value yet. */
export function emptySecret({
  name,
  arn,
  input,
  nowMs,
}: {
  readonly name: string
  readonly arn: string
  readonly input: JsonRecord
  readonly nowMs: number
}): Secret {
  return {
    name,
    arn,
    ...detailsOf(input),
    tags: tagsOf(input),
    createdAtMs: nowMs,
    changedAtMs: nowMs,
    versions: [],
  }
}

/** What describes a secret, in a request and in a template. */
export function detailsOf(input: JsonRecord): { readonly description?: string; readonly kmsKeyId?: string } {
  const description = optionalText(input, 'Description')
  const kmsKeyId = optionalText(input, 'KmsKeyId')
  return { ...(description !== undefined && { description }), ...(kmsKeyId !== undefined && { kmsKeyId }) }
}

function described(secret: Secret, versionsMember: string): JsonRecord {
  const staged = secret.versions.filter(({ stages }) => stages.length > 0)
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    CreatedDate: secret.createdAtMs / 1000,
    LastChangedDate: secret.changedAtMs / 1000,
    DeletedDate: secret.deletedAtMs === undefined ? undefined : secret.deletedAtMs / 1000,
    Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
    [versionsMember]: Object.fromEntries(staged.map(({ id, stages }) => [id, stages])),
  }
}

/** One value of the two kinds, or none. */
export function valueOf(input: JsonRecord): SecretValue | undefined {
  const string = optionalText(input, 'SecretString')
  const binary = optionalText(input, 'SecretBinary')
  if (string !== undefined && binary !== undefined) {
    throw new AwsFault(
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    )
  }
  const bytes = string === undefined ? Buffer.byteLength(binary ?? '', 'base64') : Buffer.byteLength(string)
  if (bytes > maxSecretBytes) {
    throw new AwsFault(
      'InvalidParameterException',
      `The secret value must be at most ${maxSecretBytes} bytes; it has ${bytes}.`,
    )
  }
  if (string !== undefined) return { text: string }
  return binary === undefined ? undefined : { binary }
}

/** The token is the version's id, which makes a retry the same version. */
function tokenOf(input: JsonRecord): string {
  return optionalText(input, 'ClientRequestToken') ?? randomUUID()
}

function tagsOf(input: JsonRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(records(input, 'Tags').map((tag) => [text(tag, 'Key'), text(tag, 'Value')]))
}
