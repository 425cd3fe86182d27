/** A judge of slice headers: FFmpeg's own reader of every syntax element, over what its encoders made. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programPath } from '../judges/programs.ts'

/** NAL units of a stream, and of each slice among them the bits its header takes (without emulation prevention). */
export interface TracedStream {
  readonly nals: readonly Uint8Array[]
  readonly headerBits: readonly number[]
}

/** Why slice headers are not judged; undefined where they can be. */
export const tracerMissing =
  programPath('ffmpeg') === undefined ? 'skipped: no ffmpeg to encode and judge with' : undefined

/** A variant of a stream: its name and what FFmpeg is told to encode it with (`-c:v libx264 …`). */
export type Variant = readonly [name: string, options: readonly string[]]

/**
 * Encodes a moving picture once for each variant and has the headers read: by one process each, for all of them, as it
 * takes longer to start than to encode.
 */
export function tracedStreams(
  variants: readonly Variant[],
  format: 'h264' | 'hevc',
): ReadonlyMap<string, TracedStream> {
  const directory = mkdtempSync(join(tmpdir(), 'headend-trace-'))
  try {
    const paths = variants.map((_, i) => join(directory, `${i}.${format}`))
    const source = ['-f', 'lavfi', '-i', 'testsrc2=s=416x240:r=25:d=1.2,fade=in:0:20']
    const outputs = variants.flatMap(([, options], i) => [
      '-map',
      '0',
      '-pix_fmt',
      'yuv420p',
      ...options,
      '-f',
      format,
      paths[i] ?? '',
    ])
    execFileSync('ffmpeg', ['-v', 'error', ...source, ...outputs])
    const streams = paths.map((path) => unitsOf(readFileSync(path)))
    const traced = tracedSlices(paths, format)
    let from = 0
    const found = streams.map((units, i) => {
      const count = units.filter((nal) => isSlice[format](nal)).length
      from += count
      return [variants[i]?.[0] ?? '', { nals: units, headerBits: traced.slice(from - count, from) }] as const
    })
    if (from !== traced.length) throw new Error(`${from} slices were encoded, FFmpeg reads ${traced.length}`)
    return new Map(found)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Whether a unit holds a slice (ITU-T H.264 table 7-1, H.265 table 7-1). */
const isSlice = {
  h264: (nal: Uint8Array) => [1, 5].includes((nal[0] ?? 0) & 31),
  hevc: (nal: Uint8Array) => (((nal[0] ?? 0) >> 1) & 63) < 32,
} as const

/** Bits of all slice headers of byte streams one behind the other, which is a byte stream again. */
function tracedSlices(paths: readonly string[], format: 'h264' | 'hevc'): number[] {
  // Info is where it traces; the copy itself reads every packet once.
  const words = `-v info -f ${format} -i concat:${paths.join('|')} -c copy -bsf:v trace_headers -f null -`
  const { stderr } = spawnSync('ffmpeg', words.split(' '), { encoding: 'utf8', maxBuffer: 2 ** 28 })
  return headerBitsOf(stderr)
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
