/** Programs that judge, found without being started: FFmpeg takes a third of a second only to say that it is there. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Path of what a shell would run under a name; undefined where there is none. */
export const programPath = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
