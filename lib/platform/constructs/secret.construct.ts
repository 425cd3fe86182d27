/** A secret that Secrets Manager makes up, and that a person changes. */
import { Validations } from 'aws-cdk-lib'
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { adopted, type SecretOutput } from './adopted.construct.ts'
import { kept } from './kept.construct.ts'

/** What it is for, and what it is made of. */
export interface GeneratedSecretProps {
  /** The output that names it. */
  readonly output: SecretOutput
  readonly description: string
  /** Member of its JSON that is made up. @default key */
  readonly generated?: string
  /** Letters and digits of that. @default 64 */
  readonly length?: number
  /** What else its JSON says. */
  readonly says?: Readonly<Record<string, string>>
  /** Why nothing rotates it. */
  readonly becauseUnrotated: string
}

/** The secret. */
export function generatedSecret(
  scope: Construct,
  id: string,
  { output, description, generated = 'key', length = 64, says = {}, becauseUnrotated }: GeneratedSecretProps,
): ISecret {
  const arn = adopted(scope, output)
  if (arn !== undefined) return Secret.fromSecretCompleteArn(scope, id, arn)
  const secret = new Secret(scope, id, {
    description,
    // Others hold what it says, or what was signed with it.
    removalPolicy: kept,
    generateSecretString: {
      secretStringTemplate: JSON.stringify(says),
      generateStringKey: generated,
      excludePunctuation: true,
      passwordLength: length,
    },
  })
  Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: becauseUnrotated })
  return secret
}
