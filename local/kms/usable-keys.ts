/** Which key a request means, whether its caller may use it so, and whether it can be used at all now. */
import { isRecord, type JsonRecord, text, textMap } from '../json-input.ts'
import { type Authorize, AwsFault, type Caller } from '../service.ts'
import type { EncryptionContext } from './ciphertext.ts'
import { type Keyring, keyArn } from './keyring.ts'
import { conditionsOf } from './requests.ts'
import type { Grant, KeyUsage, KmsKey } from './types.ts'

/** A use of a key: `operation` as its API names it, which is the last word of its permission, too. */
export interface Use {
  readonly operation: string
  readonly caller: Caller
  readonly context?: EncryptionContext
  readonly usage?: KeyUsage
}

export interface UsableKeys {
  /** The named key, for any operation that reads or changes what is known of it. */
  permitted(input: JsonRecord, use: Use): KmsKey
  /** The named key, ready for work. */
  ready(input: JsonRecord, use: Use, member?: string): KmsKey
}

export function usableKeys(
  keyring: Keyring,
  {
    authorize,
    roleArn,
  }: { readonly authorize: Authorize; readonly roleArn: (role: string) => string | undefined },
): UsableKeys {
  /** A grant serves where no policy does; nothing can be denied by one. */
  function ask(arn: string, { operation, caller, context = {} }: Use): void {
    try {
      authorize(caller, `kms:${operation}`, arn, conditionsOf(context))
    } catch (denied) {
      const who = caller.kind === 'role' ? roleArn(caller.role) : undefined
      const serves = (grant: Grant) =>
        grant.grantee === who && grant.operations.includes(operation) && fits(grant.constraints, context)
      if (who === undefined || !keyring.grants(arn).some(serves)) throw denied
    }
  }

  function permitted(input: JsonRecord, use: Use, member = 'KeyId'): KmsKey {
    const name = text(input, member)
    // Who may not use a key learns nothing of whether it is there.
    const found = keyring.find(name)
    if (found !== undefined || !name.includes('alias/'))
      ask(found?.arn ?? keyArn(name.replace(/^.*key\//, '')), use)
    return keyring.known(name)
  }

  return {
    permitted: (input, use) => permitted(input, use),
    ready(input, use, member) {
      const key = permitted(input, use, member)
      if (key.deletionDateMs !== undefined)
        throw new AwsFault('KMSInvalidStateException', `${key.arn} is pending deletion.`)
      if (!key.enabled) throw new AwsFault('DisabledException', `${key.arn} is disabled.`)
      if (use.usage !== undefined && key.usage !== use.usage)
        throw new AwsFault(
          'InvalidKeyUsageException',
          `${key.arn} key usage is ${key.usage} which is not valid for ${use.operation}.`,
        )
      return key
    },
  }
}

function fits(constraints: JsonRecord, context: EncryptionContext): boolean {
  const has = (name: string) =>
    Object.entries(textMap(constraints, name)).every(([key, value]) => context[key] === value)
  const { EncryptionContextEquals: equals } = constraints
  const isWhole = !isRecord(equals) || Object.keys(equals).length === Object.keys(context).length
  return has('EncryptionContextSubset') && has('EncryptionContextEquals') && isWhole
}
