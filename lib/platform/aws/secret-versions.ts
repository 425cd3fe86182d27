/** Secrets that change without anybody who holds an old one noticing. */
import { jsonCall } from './json-call.ts'

/** The text of a secret at a stage; throws an error named ResourceNotFoundException where there is none. */
export type AskSecret = (secretId: string, stage: string) => Promise<string | undefined>

/**
 * The JSON of a secret's current version, and behind it that of the one before where there is one; undefined for what is
 * no JSON, as a parse error would quote it.
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

/** Whether Secrets Manager says that there is no such secret, or none at that stage. */
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

/** A secret is asked for where it is: the front's is in another region than who reads it. */
export const regionOf = (secretId: string): string | undefined =>
  /^arn:[^:]+:secretsmanager:([^:]+):/.exec(secretId)?.[1]
