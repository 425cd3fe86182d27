/** Secrets of one text, made up by the stack. */
import { HeadendError } from '../errors.ts'
import { secretVersions } from './secret-versions.ts'

/** Current text and the one before it: what was made with that before a new value was put goes on. */
export async function keyTexts(secretId: string): Promise<readonly string[]> {
  return (await secretVersions(secretId)).map((secret) => textOf(secret, secretId))
}

function textOf(secret: unknown, secretId: string): string {
  const key = typeof secret === 'object' && secret !== null && 'key' in secret ? secret.key : undefined
  if (typeof key === 'string') return key
  throw new HeadendError(
    'SECRET_KEY',
    `secret ${secretId}: expected JSON with a text member \`key\`, got none`,
    {
      status: 500,
    },
  )
}
