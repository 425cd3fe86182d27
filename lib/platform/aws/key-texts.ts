/** Secrets of one text, made up by the stack. */
import { HeadendError } from '../../errors.ts'
import { type AskSecret, secretVersions } from './secret-versions.ts'

/** Current text and the one before it: what was made with that before a new value was put goes on. */
export async function keyTexts(secretId: string, ask?: AskSecret): Promise<readonly string[]> {
  const [current, ...before] = (await secretVersions(secretId, ask)).map(textOf)
  // A value that was put by mistake and mended must not outlive its mending.
  if (current !== undefined) return [current, ...before.filter((text) => text !== undefined)]
  throw new HeadendError(
    'SECRET_KEY',
    `secret ${secretId}: expected JSON with a text member \`key\`, got none`,
    {
      status: 500,
    },
  )
}

function textOf(secret: unknown): string | undefined {
  const key = typeof secret === 'object' && secret !== null && 'key' in secret ? secret.key : undefined
  return typeof key === 'string' ? key : undefined
}
