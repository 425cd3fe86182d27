/** Headers of pictures as FFmpeg reads them: they must be the same whether or not the pictures are protected. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const element = /^\[trace_headers[^\]]*\] (.*)$/

/**
 * Every syntax element in front of slice and tile data, in order: of parameter sets, messages, slice headers, OBUs.
 * `init` is the clear one whatever the segments are: so they are read by one who knows nothing of protection.
 */
export function tracedHeaders(init: Uint8Array, segments: readonly Uint8Array[]): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'headend-headers-'))
  try {
    const path = join(directory, 'track.mp4')
    writeFileSync(path, Buffer.concat([init, ...segments]))
    const words = '-v verbose -nostats -i PATH -map 0:v -c copy -bsf:v trace_headers -f null -'
    const args = words.split(' ').map((word) => (word === 'PATH' ? path : word))
    const { stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8', maxBuffer: 2 ** 30 })
    return stderr.split(/[\r\n]+/).flatMap((line) => element.exec(line)?.[1] ?? [])
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
