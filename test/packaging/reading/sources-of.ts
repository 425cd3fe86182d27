/** A film of the tests' list as sources, each under a name of its own. */
import { basename } from 'node:path'
import type { Source } from '../../../lib/packaging/reading/source.ts'
import type { EveryFilm } from '../../house/films/every-film.ts'
import { bytesSource, fileSource } from '../films/films.ts'

/** Its files in their order. */
export async function sourcesOf(film: EveryFilm): Promise<Source[]> {
  const files = await film.files()
  return files.map(({ file }, i) =>
    typeof file === 'string'
      ? { ...fileSource(file), name: `${i}-${basename(file)}` }
      : bytesSource(file, `${i}-film.mp4`),
  )
}
