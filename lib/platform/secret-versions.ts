/** Secrets that change without anybody who holds an old one noticing. */
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'

/** Made at the first call: region, credentials and endpoint come from the environment. */
let client: SecretsManagerClient | undefined

/**
 * The JSON of a secret's current version, and behind it that of the one before where there is one; undefined for what is
 * no JSON, as a parse error would quote it.
 */
export async function secretVersions(secretId: string): Promise<readonly [unknown, ...unknown[]]> {
  const [current, before] = await Promise.all([
    read(secretId, 'AWSCURRENT'),
    read(secretId, 'AWSPREVIOUS').catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return undefined
      throw error
    }),
  ])
  return before === undefined ? [current] : [current, before]
}

async function read(SecretId: string, VersionStage: string): Promise<unknown> {
  client ??= new SecretsManagerClient({})
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))
  try {
    return JSON.parse(SecretString ?? '')
  } catch {
    return undefined
  }
}
