/** A KMS key, its aliases and grants as they are kept. */
import type { JsonRecord } from '../json-input.ts'

export type KeyUsage = 'ENCRYPT_DECRYPT' | 'SIGN_VERIFY' | 'GENERATE_VERIFY_MAC'

export interface KmsKey {
  readonly id: string
  readonly arn: string
  readonly description: string
  readonly spec: string
  readonly usage: KeyUsage
  readonly enabled: boolean
  readonly createdAtMs: number
  /** When it is gone for good; until then it does nothing, but may be had back. */
  readonly deletionDateMs?: number
  readonly rotates: boolean
  /** Newest last: a rotated key still decrypts what it encrypted. Symmetric: base64; else PKCS#8 in base64. */
  readonly material: readonly string[]
  readonly tags: Readonly<Record<string, string>>
  /** As CreateKey or the template gave it; empty where AWS's default policy holds. */
  readonly policy: string
}

/** A permission handed on by who has it (CreateGrant). */
export interface Grant {
  readonly id: string
  readonly token: string
  readonly keyArn: string
  readonly name?: string
  readonly grantee: string
  readonly retiring?: string
  /** `Decrypt`, `GenerateDataKey`, … */
  readonly operations: readonly string[]
  readonly constraints: JsonRecord
  readonly createdAtMs: number
}
