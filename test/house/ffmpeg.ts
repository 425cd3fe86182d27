/** Films FFmpeg makes for tests, kept from one run to the next; nothing is made before somebody asks. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { programPath } from '../judges/programs.ts'
import { demoFilm } from './media.ts'

/** Where they are kept. */
export const madeFolder = join(import.meta.dirname, '../.tmp/films')

/** Why films are not made; undefined where FFmpeg is there. */
export const ffmpegMissing =
  programPath('ffmpeg') === undefined ? 'skipped: no ffmpeg (Debian: apt-get install ffmpeg)' : undefined

/** Path of what FFmpeg writes; every run of these words gives the same film. */
export function ffmpegFilm(words: string, ending = 'mp4'): string {
  const name = createHash('sha256').update(words).digest('hex').slice(0, 16)
  const path = join(madeFolder, `${name}.${ending}`)
  if (existsSync(path)) return path
  mkdirSync(madeFolder, { recursive: true })
  const unfinished = join(madeFolder, `${name}-${process.pid}.${ending}`)
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...words.split(' '), unfinished])
  renameSync(unfinished, path)
  return path
}

/** The demo film with small pictures, cut at the same places: what is looked at is how it plays, not what it costs. */
export const smallDemoFilm = (): string =>
  ffmpegFilm(
    `-i ${demoFilm} -map 0:v -map 0:a -vf scale=384:216 -c:v libx264 -preset veryfast -g 1000 -sc_threshold 0 ` +
      `-force_key_frames ${keyFrameSeconds.join(',')} -c:a copy`,
  )

/** Of the demo film, as ffprobe lists them. */
const keyFrameSeconds = [0, 10.416667, 11.875, 15.75, 23.041667]
