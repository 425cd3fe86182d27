/** KMS's operations on keys, aliases and grants themselves. */
import { randomBytes, randomUUID } from 'node:crypto'
import {
  type JsonRecord,
  optionalInteger,
  optionalRecord,
  optionalText,
  records,
  text,
  texts,
} from '../json-input.ts'
import { type Authorize, AwsFault, account } from '../service.ts'
import type { KmsOperation } from './cryptography.ts'
import { aliasArn, type Keyring, keyArn } from './keyring.ts'
import { algorithmsOf, makeMaterial, usagesOf } from './material.ts'
import type { Grant, KeyUsage, KmsKey } from './types.ts'
import type { UsableKeys } from './usable-keys.ts'

const dayMs = 24 * 60 * 60 * 1000

/** A key of what CreateKey, or a template, says of it. */
export function newKey(id: string, input: JsonRecord, nowMs: number): KmsKey {
  const spec =
    optionalText(input, 'KeySpec') ?? optionalText(input, 'CustomerMasterKeySpec') ?? 'SYMMETRIC_DEFAULT'
  const [usual] = usagesOf(spec)
  const usage = optionalText(input, 'KeyUsage') ?? usual
  const isUsage = (name: string | undefined): name is KeyUsage => usagesOf(spec).some((one) => one === name)
  if (!isUsage(usage))
    throw new AwsFault('ValidationException', `KeyUsage ${usage} is not compatible with KeySpec ${spec}`)
  const policy = input['Policy']
  return {
    id,
    arn: keyArn(id),
    description: optionalText(input, 'Description') ?? '',
    spec,
    usage,
    enabled: true,
    createdAtMs: nowMs,
    rotates: false,
    material: [makeMaterial(spec)],
    tags: tagsOf(input),
    policy: typeof policy === 'string' ? policy : '',
  }
}

export function administrativeOperations(
  keyring: Keyring,
  keys: UsableKeys,
  { authorize, now }: { readonly authorize: Authorize; readonly now: () => number },
): Readonly<Record<string, KmsOperation>> {
  /** An operation that changes one key and answers nothing. */
  const changing =
    (operation: string, change: (key: KmsKey, input: JsonRecord) => KmsKey): KmsOperation =>
    async (input, caller) => {
      await keyring.save(change(keys.permitted(input, { operation, caller }), input))
      return {}
    }

  return {
    async CreateKey(input, caller) {
      authorize(caller, 'kms:CreateKey', '*')
      const key = newKey(randomUUID(), input, now())
      await keyring.save(key)
      return { KeyMetadata: metadata(key) }
    },
    DescribeKey: (input, caller) => ({
      KeyMetadata: metadata(keys.permitted(input, { operation: 'DescribeKey', caller })),
    }),
    ListKeys(input, caller) {
      authorize(caller, 'kms:ListKeys', '*')
      const all = keyring.keys().map(({ id, arn }) => ({ KeyId: id, KeyArn: arn }))
      return page(input, 'Keys', all, ({ KeyId }) => KeyId)
    },
    EnableKey: changing('EnableKey', (key) => ({ ...key, enabled: true })),
    DisableKey: changing('DisableKey', (key) => ({ ...key, enabled: false })),
    UpdateKeyDescription: changing('UpdateKeyDescription', (key, input) => ({
      ...key,
      description: text(input, 'Description'),
    })),
    TagResource: changing('TagResource', (key, input) => ({
      ...key,
      tags: { ...key.tags, ...tagsOf(input) },
    })),
    UntagResource: changing('UntagResource', (key, input) => {
      const gone = new Set(texts(input, 'TagKeys'))
      return {
        ...key,
        tags: Object.fromEntries(Object.entries(key.tags).filter(([name]) => !gone.has(name))),
      }
    }),
    ListResourceTags: (input, caller) => ({
      Tags: Object.entries(keys.permitted(input, { operation: 'ListResourceTags', caller }).tags).map(
        ([TagKey, TagValue]) => ({ TagKey, TagValue }),
      ),
      Truncated: false,
    }),
    EnableKeyRotation: changing('EnableKeyRotation', (key) => ({ ...key, rotates: true })),
    DisableKeyRotation: changing('DisableKeyRotation', (key) => ({ ...key, rotates: false })),
    GetKeyRotationStatus(input, caller) {
      const { arn, rotates } = keys.permitted(input, { operation: 'GetKeyRotationStatus', caller })
      return { KeyId: arn, KeyRotationEnabled: rotates }
    },
    /** What was encrypted before stays readable: the old material is kept. */
    async RotateKeyOnDemand(input, caller) {
      const key = keys.permitted(input, { operation: 'RotateKeyOnDemand', caller })
      if (key.spec !== 'SYMMETRIC_DEFAULT')
        throw new AwsFault('UnsupportedOperationException', `${key.arn} is not a symmetric encryption key.`)
      await keyring.save({ ...key, material: [...key.material, makeMaterial(key.spec)] })
      return { KeyId: key.arn }
    },
    async ScheduleKeyDeletion(input, caller) {
      const key = keys.permitted(input, { operation: 'ScheduleKeyDeletion', caller })
      const days = optionalInteger(input, 'PendingWindowInDays', { min: 7, max: 30 }) ?? 30
      const deletionDateMs = now() + days * dayMs
      await keyring.save({ ...key, enabled: false, deletionDateMs })
      return {
        KeyId: key.arn,
        DeletionDate: deletionDateMs / 1000,
        KeyState: 'PendingDeletion',
        PendingWindowInDays: days,
      }
    },
    async CancelKeyDeletion(input, caller) {
      const { deletionDateMs: _date, ...key } = keys.permitted(input, {
        operation: 'CancelKeyDeletion',
        caller,
      })
      await keyring.save(key)
      return { KeyId: key.arn }
    },
    GetKeyPolicy(input, caller) {
      const { policy } = keys.permitted(input, { operation: 'GetKeyPolicy', caller })
      return { Policy: policy, PolicyName: 'default' }
    },

    async CreateAlias(input, caller) {
      const name = text(input, 'AliasName')
      if (!/^alias\/[\w/-]{1,250}$/.test(name) || name.startsWith('alias/aws/'))
        throw new AwsFault('InvalidAliasNameException', `${name} is not a valid alias`)
      authorize(caller, 'kms:CreateAlias', aliasArn(name))
      const key = keys.permitted({ KeyId: text(input, 'TargetKeyId') }, { operation: 'CreateAlias', caller })
      if (keyring.find(name) !== undefined)
        throw new AwsFault(
          'AlreadyExistsException',
          `An alias with the name ${aliasArn(name)} already exists`,
        )
      await keyring.saveAlias(name, key.id)
      return {}
    },
    async DeleteAlias(input, caller) {
      const name = text(input, 'AliasName')
      authorize(caller, 'kms:DeleteAlias', aliasArn(name))
      keyring.known(name)
      await keyring.removeAlias(name)
      return {}
    },
    ListAliases(input, caller) {
      authorize(caller, 'kms:ListAliases', '*')
      const of = optionalText(input, 'KeyId')
      const wanted = of === undefined ? undefined : keyring.known(of).id
      const all = keyring
        .aliases()
        .filter(([, keyId]) => wanted === undefined || keyId === wanted)
        .map(([AliasName, TargetKeyId]) => ({ AliasName, AliasArn: aliasArn(AliasName), TargetKeyId }))
      return page(input, 'Aliases', all, ({ AliasName }) => AliasName)
    },

    async CreateGrant(input, caller) {
      const key = keys.permitted(input, { operation: 'CreateGrant', caller })
      const name = optionalText(input, 'Name')
      const retiring = optionalText(input, 'RetiringPrincipal')
      const asked = {
        keyArn: key.arn,
        grantee: text(input, 'GranteePrincipal'),
        operations: texts(input, 'Operations'),
        constraints: optionalRecord(input, 'Constraints') ?? {},
      }
      // A retry with the same name is the same grant.
      const same = keyring
        .grants(key.arn)
        .find((one) => name !== undefined && one.name === name && sameGrant(one, asked))
      if (same !== undefined) return { GrantId: same.id, GrantToken: same.token }
      const grant: Grant = {
        ...asked,
        id: randomBytes(32).toString('hex'),
        token: randomBytes(48).toString('base64url'),
        ...(name !== undefined && { name }),
        ...(retiring !== undefined && { retiring }),
        createdAtMs: now(),
      }
      await keyring.saveGrant(grant)
      return { GrantId: grant.id, GrantToken: grant.token }
    },
    ListGrants(input, caller) {
      const { arn } = keys.permitted(input, { operation: 'ListGrants', caller })
      const grants = keyring.grants(arn).map((grant) => ({
        KeyId: grant.keyArn,
        GrantId: grant.id,
        Name: grant.name,
        GranteePrincipal: grant.grantee,
        RetiringPrincipal: grant.retiring,
        IssuingAccount: `arn:aws:iam::${account}:root`,
        Operations: grant.operations,
        Constraints: grant.constraints,
        CreationDate: grant.createdAtMs / 1000,
      }))
      return page(input, 'Grants', grants, ({ GrantId }) => GrantId)
    },
    async RevokeGrant(input, caller) {
      const { arn } = keys.permitted(input, { operation: 'RevokeGrant', caller })
      const id = text(input, 'GrantId')
      if (!keyring.grants(arn).some((grant) => grant.id === id))
        throw new AwsFault('NotFoundException', `Grant ID ${id} not found`)
      await keyring.removeGrant(id)
      return {}
    },
  }
}

const sameGrant = (grant: Grant, asked: Pick<Grant, 'grantee' | 'operations' | 'constraints'>): boolean =>
  grant.grantee === asked.grantee &&
  JSON.stringify([grant.operations, grant.constraints]) ===
    JSON.stringify([asked.operations, asked.constraints])

function page<Entry>(
  input: JsonRecord,
  member: string,
  all: readonly Entry[],
  idOf: (entry: Entry) => string,
): JsonRecord {
  const limit = optionalInteger(input, 'Limit', { min: 1, max: 1000 }) ?? 100
  const after = optionalText(input, 'Marker') ?? ''
  const rest = all.filter((entry) => idOf(entry) > after).toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  const shown = rest.slice(0, limit)
  const last = shown.at(-1)
  const more = rest.length > limit && last !== undefined
  return { [member]: shown, Truncated: more, ...(more && { NextMarker: idOf(last) }) }
}

function metadata(key: KmsKey): JsonRecord {
  const members = {
    SIGN_VERIFY: 'SigningAlgorithms',
    ENCRYPT_DECRYPT: 'EncryptionAlgorithms',
    GENERATE_VERIFY_MAC: 'MacAlgorithms',
  }
  const waits = key.deletionDateMs !== undefined
  return {
    AWSAccountId: account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.createdAtMs / 1000,
    Enabled: key.enabled && !waits,
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: waits ? 'PendingDeletion' : key.enabled ? 'Enabled' : 'Disabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: key.spec,
    KeySpec: key.spec,
    MultiRegion: false,
    [members[key.usage]]: algorithmsOf(key),
    ...(key.deletionDateMs !== undefined && { DeletionDate: key.deletionDateMs / 1000 }),
  }
}

/** KMS's own words for tags, and a template's. */
const tagsOf = (input: JsonRecord): Readonly<Record<string, string>> =>
  Object.fromEntries(
    records(input, 'Tags').map((tag) => [
      optionalText(tag, 'TagKey') ?? text(tag, 'Key'),
      optionalText(tag, 'TagValue') ?? text(tag, 'Value'),
    ]),
  )
