/** A secret that Secrets Manager generates and a person may change. */
import { Validations } from 'aws-cdk-lib'
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { adopted, type SecretOutput } from './adopted.construct.ts'
import { kept } from './kept.construct.ts'

/** The purpose and the content of a secret. */
export interface GeneratedSecretProps {
  /** The stack output that names it. */
  readonly output: SecretOutput
  readonly description: string
  /** The generated member of its JSON. @default key */
  readonly generated?: string
  /** The generated length, in letters and digits. @default 64 */
  readonly length?: number
  /** The other members of its JSON. */
  readonly says?: Readonly<Record<string, string>>
  /** The reason why it is not rotated automatically. */
  readonly becauseUnrotated: string
}

/** Creates the secret, or takes it over. */
export function generatedSecret(
  scope: Construct,
  id: string,
  { output, description, generated = 'key', length = 64, says = {}, becauseUnrotated }: GeneratedSecretProps,
): ISecret {
  const arn = adopted(scope, output)
  if (arn !== undefined) return Secret.fromSecretCompleteArn(scope, id, arn)
  const secret = new Secret(scope, id, {
    description,
    // Others hold its value, or things signed with it.
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
