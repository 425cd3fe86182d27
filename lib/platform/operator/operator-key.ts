/** The signing key of operators' tokens, in Secrets Manager. */
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { secretsClient } from '../aws/clients.ts'
import { type VerifyToken, verifyWithKeptKey } from './operator-gate.ts'
import { verifyOperatorToken } from './operator-token.ts'

/** Verifies tokens with the key in a secret, which is cached. */
export function operatorVerifier(secretArn: string, now: () => number): VerifyToken {
  const secrets = secretsClient()
  const readKey = async () => {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }))
    const key = keyOf(SecretString)
    // Not the parse error, which would quote the secret.
    if (key === undefined)
      throw new Error('operator secret: expected JSON with a key of 32 characters or more')
    return key
  }
  return verifyWithKeptKey(readKey, { verify: verifyOperatorToken, now })
}

/** Replaces the key: all tokens signed with earlier keys become invalid once no cache holds those any more. */
export async function putOperatorKey(secretId: string, key: string): Promise<void> {
  const secrets = secretsClient()
  await secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify({ key }) }))
}

function keyOf(text: string | undefined): string | undefined {
  try {
    const secret: unknown = JSON.parse(text ?? 'null')
    const key = typeof secret === 'object' && secret !== null && 'key' in secret ? secret.key : undefined
    return typeof key === 'string' && key.length >= 32 ? key : undefined
  } catch {
    return undefined
  }
}
