/** The `asset.json` that makes several files that were sent one film. */
import type { Purpose } from './grouping.ts'

/** A file that has arrived. */
export interface SentFile {
  /** `vod/film/de.m4a`. */
  readonly key: string
  readonly language?: string
  readonly purpose?: Purpose
}

/** Its text: what each file is, as it was chosen. */
export function commitText(files: readonly SentFile[], title: string | undefined): string {
  const said = files.map(({ key, language, purpose }) => {
    const name = key.split('/').at(-1)
    return {
      name,
      ...(language && { language }),
      ...(purpose === 'forced' && { forced: true }),
      ...(purpose === 'sdh' && { roles: ['caption'] }),
    }
  })
  return `${JSON.stringify({ ...(title !== undefined && { title }), files: said }, null, 2)}\n`
}
