/** MovieExtendsHeaderBox (ISO/IEC 14496-12 8.8.2): the duration of a movie with all its fragments. */
import { type Box, versionAndFlags } from './box.ts'
import { readDuration } from './duration.ts'

/** In the movie's timescale; 0 if unknown. */
export function readMehd({ body }: Box): number {
  const { version } = versionAndFlags(body)
  return readDuration(body, version)
}
