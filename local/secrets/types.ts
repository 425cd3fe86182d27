/** A secret and its versions as they are kept. */
export interface SecretVersion {
  readonly id: string
  readonly stages: readonly string[]
  readonly createdAtMs: number
  readonly text?: string
  /** base64 */
  readonly binary?: string
}

export interface Secret {
  readonly name: string
  /** With its six random characters: a secret made again under the same name is another one. */
  readonly arn: string
  readonly description?: string
  readonly kmsKeyId?: string
  readonly tags: Readonly<Record<string, string>>
  readonly createdAtMs: number
  readonly changedAtMs: number
  /** When it is gone for good; it may be restored before. */
  readonly deletedAtMs?: number
  readonly deletionDateMs?: number
  /** Oldest first. */
  readonly versions: readonly SecretVersion[]
  /** Of the value the template last gave, so that a restart does not take back a value put since. */
  readonly templateDigest?: string
}
