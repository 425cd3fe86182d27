/** A judge of slice headers: FFmpeg's own reader of every syntax element, over what its encoders made. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** NAL units of a stream, and of each slice among them the bits its header takes (without emulation prevention). */
export interface TracedStream {
  readonly nals: readonly Uint8Array[]
  readonly headerBits: readonly number[]
}

/** Why slice headers are not judged; undefined where they can be. */
export const tracerMissing =
  spawnSync('ffmpeg', ['-version']).status === 0 ? undefined : 'skipped: no ffmpeg to encode and judge with'

/** Encodes two seconds of a moving picture with `options` (`-c:v libx264 …`) and has its headers read. */
export function tracedStream(options: readonly string[], format: 'h264' | 'hevc'): TracedStream {
  const directory = mkdtempSync(join(tmpdir(), 'headend-trace-'))
  try {
    const path = join(directory, `a.${format}`)
    const source = ['-f', 'lavfi', '-i', 'testsrc2=s=416x240:r=25:d=1.2,fade=in:0:20']
    execFileSync('ffmpeg', ['-v', 'error', ...source, '-pix_fmt', 'yuv420p', ...options, '-f', format, path])
    // Info is where it traces; the copy itself reads every packet once.
    const trace = [
      '-v',
      'info',
      '-f',
      format,
      '-i',
      path,
      '-c',
      'copy',
      '-bsf:v',
      'trace_headers',
      '-f',
      'null',
      '-',
    ]
    const { stderr } = spawnSync('ffmpeg', trace, { encoding: 'utf8', maxBuffer: 2 ** 28 })
    return { nals: unitsOf(readFileSync(path)), headerBits: headerBitsOf(stderr) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const element = /^\[trace_headers[^\]]*\] (\d+)\s+\S+\s+([01]+) = /

function headerBitsOf(trace: string): number[] {
  const ends: number[] = []
  let inSlice = false
  for (const line of trace.split(/[\r\n]+/)) {
    if (/\] Slice (?:Segment )?Header$/.test(line)) {
      inSlice = true
      ends.push(0)
      continue
    }
    const match = element.exec(line)
    if (!match) inSlice = false
    else if (inSlice) ends[ends.length - 1] = Number(match[1]) + (match[2]?.length ?? 0)
  }
  return ends
}

/** NAL units of an Annex B byte stream. */
function unitsOf(stream: Buffer): Uint8Array[] {
  const units: Uint8Array[] = []
  const startCode = Buffer.from([0, 0, 1])
  let at = stream.indexOf(startCode)
  while (at >= 0) {
    const next = stream.indexOf(startCode, at + 3)
    let end = next < 0 ? stream.length : next
    while (end > at + 3 && stream[end - 1] === 0) end--
    units.push(stream.subarray(at + 3, end))
    at = next
  }
  return units
}

/** Bytes of the unit that hold the first `bits` of it once emulation prevention is taken out. */
export function bytesHolding(nal: Uint8Array, bits: number): number {
  let left = Math.ceil(bits / 8)
  let zeros = 0
  for (const [i, byte] of nal.entries()) {
    if (left === 0) return i
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    zeros = byte === 0 ? zeros + 1 : 0
    left--
  }
  return nal.length
}
