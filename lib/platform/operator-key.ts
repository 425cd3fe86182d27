/** The key operators' tokens are signed with, where the stack keeps it. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { HeadendError } from '../errors.ts'

/** The key in the secret `headend/operator`; region, credentials and endpoint come from the environment. */
export async function operatorKey(): Promise<string> {
  const { SecretString } = await new SecretsManagerClient({}).send(
    new GetSecretValueCommand({ SecretId: 'headend/operator' }),
  )
  const { key } = JSON.parse(SecretString ?? '{}') as { key?: unknown }
  if (typeof key === 'string') return key
  throw new HeadendError('TOKEN_SECRET', 'secret headend/operator: expected JSON with a text member `key`')
}
