/** The texts playback tokens' keys are made of, where the stack keeps them. */
import { HeadendError } from '../errors.ts'
import { secretVersions } from './secret-versions.ts'

/** Current text and the one before it, so that tokens signed before a new value was put go on. */
export async function playbackKeyTexts(secretId = 'headend/playback'): Promise<readonly string[]> {
  return (await secretVersions(secretId)).map(textOf)
}

function textOf(secret: unknown): string {
  const key = typeof secret === 'object' && secret !== null && 'key' in secret ? secret.key : undefined
  if (typeof key === 'string') return key
  throw new HeadendError(
    'TOKEN_SECRET',
    'secret of playback tokens: expected JSON with a text member `key`',
    {
      status: 500,
    },
  )
}
