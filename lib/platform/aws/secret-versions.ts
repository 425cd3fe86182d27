/** Secrets that change without anybody who holds an old one noticing. */
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { secretsClient } from './clients.ts'

/** By region, made at the first call: credentials and endpoint come from the environment. */
const clients = new Map<string | undefined, SecretsManagerClient>()

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
  const { SecretString } = await clientFor(SecretId).send(
    new GetSecretValueCommand({ SecretId, VersionStage }),
  )
  try {
    return JSON.parse(SecretString ?? '')
  } catch {
    return undefined
  }
}

/** A secret is asked for where it is: the front's is in another region than who reads it. */
function clientFor(secretId: string): SecretsManagerClient {
  const [, region] = /^arn:[^:]+:secretsmanager:([^:]+):/.exec(secretId) ?? []
  const client = clients.get(region) ?? secretsClient(region)
  clients.set(region, client)
  return client
}
