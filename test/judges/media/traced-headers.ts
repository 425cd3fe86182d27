/** Headers of pictures as FFmpeg reads them: they must be the same whether or not the pictures are protected. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const element = /^\[trace_headers @ (\w+)\] (.*)$/

/**
 * Of each track every syntax element in front of slice and tile data, in order: of parameter sets, messages, slice
 * headers, OBUs. A track is a clear init segment whatever the media are: so they are read by one who knows nothing of
 * protection. One process reads all tracks, as it takes longer to start than to read.
 */
export function tracedHeaders(tracks: readonly (readonly Uint8Array[])[]): readonly (readonly string[])[] {
  const directory = mkdtempSync(join(tmpdir(), 'headend-headers-'))
  try {
    const paths = tracks.map((pieces, i) => {
      const path = join(directory, `${i}.mp4`)
      writeFileSync(path, Buffer.concat(pieces))
      return path
    })
    const read = paths.flatMap((path) => ['-i', path])
    const mapped = paths.flatMap((_, i) => ['-map', `${i}:v`])
    const copied = '-c copy -bsf:v trace_headers -f null -'.split(' ')
    const { stderr } = spawnSync('ffmpeg', ['-v', 'verbose', '-nostats', ...read, ...mapped, ...copied], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    })
    // Whoever traces a track says where it lives; they are made in the order of the tracks.
    const traced = new Map<string, string[]>()
    for (const line of stderr.split(/[\r\n]+/)) {
      const [, tracer, text] = element.exec(line) ?? []
      if (tracer === undefined || text === undefined) continue
      const mine = traced.get(tracer) ?? []
      traced.set(tracer, mine)
      mine.push(text)
    }
    return [...traced.values()]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
