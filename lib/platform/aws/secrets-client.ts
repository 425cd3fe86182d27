/** Secrets by the SDK, which finds a person's credentials wherever they are: for commands, not for functions. */
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { secretsClient } from './clients.ts'
import { type AskSecret, regionOf } from './secret-versions.ts'

/** Asks as whoever works here. */
export const askAsPerson: AskSecret = async (SecretId, VersionStage) => {
  const client = secretsClient(regionOf(SecretId))
  return (await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString
}
