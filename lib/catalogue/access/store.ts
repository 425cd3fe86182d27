/** The operators' signing key in Secrets Manager. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { z } from '@hono/zod-openapi'
import type { ReadKey } from './bearer.ts'

const secretSchema = z.object({ key: z.string().min(32) })

/** Reads `{"key"}` of the secret each time it is called. */
export function operatorKey(secretArn: string): ReadKey {
  const secrets = new SecretsManagerClient({})
  return async () => {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }))
    const secret = secretSchema.safeParse(JSON.parse(SecretString ?? 'null'))
    // A parse error would quote what it read.
    if (!secret.success) throw new Error('operator secret: expected JSON with a key of 32 characters or more')
    return secret.data.key
  }
}
