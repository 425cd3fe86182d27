/**
 * Reads secrets with the SDK, which finds a person's credentials wherever they are: for commands, not for functions.
 */
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { secretsClient } from './clients.ts'
import { type AskSecret, regionOf } from './secret-versions.ts'

/** Reads a secret with the credentials of the person at the command line. */
export const askAsPerson: AskSecret = async (SecretId, VersionStage) => {
  const client = secretsClient(regionOf(SecretId))
  return (await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString
}
