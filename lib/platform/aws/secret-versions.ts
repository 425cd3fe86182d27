/** Secrets that rotate while values issued under the previous version stay valid. */
import { jsonCall } from './json-call.ts'

/** Returns the text of a secret at a stage; throws an error named ResourceNotFoundException if there is none. */
export type AskSecret = (secretId: string, stage: string) => Promise<string | undefined>

/**
 * The parsed JSON of a secret's current version, followed by that of the previous one if there is one; undefined for
 * text that is not JSON, because a parse error would quote the secret.
 */
export async function secretVersions(
  secretId: string,
  ask: AskSecret = signedAsk,
): Promise<readonly [unknown, ...unknown[]]> {
  const [current, before] = await Promise.all([
    ask(secretId, 'AWSCURRENT'),
    ask(secretId, 'AWSPREVIOUS').catch((error: unknown) => {
      if (isNoSecret(error)) return undefined
      throw error
    }),
  ])
  const known = parsed(before)
  return known === undefined ? [parsed(current)] : [parsed(current), known]
}

/** True if Secrets Manager says that there is no such secret, or none at that stage. */
export const isNoSecret = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ResourceNotFoundException'

function parsed(text = ''): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const signedAsk: AskSecret = async (SecretId, VersionStage) => {
  const action = { service: 'secretsmanager', action: 'GetSecretValue', region: regionOf(SecretId) } as const
  const { SecretString } = (await jsonCall(action, { SecretId, VersionStage })) as {
    readonly SecretString?: string
  }
  return SecretString
}

/** The region in a secret's ARN: the front's secret is in another region than its readers. */
export const regionOf = (secretId: string): string | undefined =>
  /^arn:[^:]+:secretsmanager:([^:]+):/.exec(secretId)?.[1]
