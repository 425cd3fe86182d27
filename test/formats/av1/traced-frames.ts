/** A judge of AV1 frame headers: FFmpeg's own reader of every syntax element, over streams in IVF. */
import { type ExecFileSyncOptions, execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readAv1FrameHeader } from '../../../lib/formats/av1/frame-header.ts'
import { type Obu, obusOf, obuType } from '../../../lib/formats/av1/obu.ts'
import type { Av1Reference } from '../../../lib/formats/av1/references.ts'
import { type Av1FrameFacts, readAv1Sequence } from '../../../lib/formats/av1/sequence-header.ts'
import { BitReader } from '../../../lib/formats/bits.ts'

/** A stream to be made: its name, what FFmpeg is told (`-c:v libaom-av1 …`), and the lavfi source if another than usual. */
export type Av1Variant = readonly [name: string, options: readonly string[], source?: string]

/** Half a second of a small moving picture, at which encoders take all their ways. */
const usual = 'testsrc2=s=208x120:r=25:d=0.5'

/** Temporal units by name; one process makes them all, as it takes longer to start than to encode. */
export function encodedAv1(variants: readonly Av1Variant[]): ReadonlyMap<string, Uint8Array[]> {
  const directory = mkdtempSync(join(tmpdir(), 'headend-av1-'))
  try {
    const sources = [...new Set(variants.map(([, , source = usual]) => source))]
    const path = (i: number): string => join(directory, `${i}.ivf`)
    const outputs = variants.flatMap(([, options, source = usual], i) => [
      '-map',
      `${sources.indexOf(source)}`,
      ...options,
      '-f',
      'ivf',
      path(i),
    ])
    const inputs = sources.flatMap((source) => ['-f', 'lavfi', '-i', source])
    execFileSync('ffmpeg', ['-v', 'error', ...inputs, ...outputs], quiet)
    return new Map(variants.map(([name], i) => [name, unitsOf(readFileSync(path(i)))]))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Temporal units of a file's first video track. */
export const copiedAv1 = (path: string): Uint8Array[] =>
  unitsOf(
    execFileSync(
      'ffmpeg',
      ['-v', 'error', '-i', path, '-map', '0:v:0', '-c', 'copy', '-f', 'ivf', 'pipe:1'],
      quiet,
    ),
  )

const quiet: ExecFileSyncOptions = { maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] }

function unitsOf(output: Buffer | string): Uint8Array[] {
  const ivf = Buffer.from(output)
  const units: Uint8Array[] = []
  for (let at = ivf.readUInt16LE(6); at + 12 <= ivf.length; ) {
    const end = at + 12 + ivf.readUInt32LE(at)
    units.push(ivf.subarray(at + 12, end))
    at = end
  }
  return units
}

function ivfOf(units: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(32)
  head.write('DKIF\0\0 \0AV01', 'latin1')
  for (const [offset, value] of [
    [12, 416],
    [14, 240],
    [16, 25],
    [20, 1],
    [24, units.length],
  ] as const)
    head.writeUInt16LE(value, offset)
  const parts: Uint8Array[] = [head]
  for (const [i, unit] of units.entries()) {
    const frame = Buffer.alloc(12)
    frame.writeUInt32LE(unit.length, 0)
    frame.writeUInt32LE(i, 4)
    parts.push(frame, unit)
  }
  return Buffer.concat(parts)
}

/** Bits of each frame header of each unit as FFmpeg reads them; undefined where it gives up on the unit. */
export function tracedAv1(units: readonly Uint8Array[]): (number[] | undefined)[] {
  const trace = [
    '-nostats',
    '-v',
    'info',
    '-f',
    'ivf',
    '-i',
    'pipe:0',
    '-c',
    'copy',
    '-bsf:v',
    'trace_headers',
  ]
  const { stderr } = spawnSync('ffmpeg', [...trace, '-f', 'null', '-'], {
    input: ivfOf(units),
    encoding: 'utf8',
    maxBuffer: 2 ** 29,
  })
  const traced: (number[] | undefined)[] = Array.from({ length: units.length })
  let unit = 0
  let header: { from: number; to: number } | undefined
  for (const line of stderr.split(/[\r\n]+/)) {
    const text = /^\[trace_headers[^\]]*\] (.*)$/.exec(line)?.[1]
    if (text === undefined) continue
    const packet = /^Packet: .* pts (\d+),/.exec(text)
    const [, at = '', name = '', bits = ''] = /^(\d+)\s+(\S+)\s+([01]*) = /.exec(text) ?? []
    const isIn = name !== '' && name !== 'zero_bit' && !name.startsWith('trailing')
    if (isIn && header) {
      if (header.to === 0) header.from = Number(at)
      // Sums of elements follow them with the place of the first and no bits.
      header.to = Math.max(header.to, Number(at) + bits.length)
      continue
    }
    if (header) traced[unit]?.push(header.to - header.from)
    header = text === 'Frame Header' ? { from: 0, to: 0 } : undefined
    if (packet) {
      unit = Number(packet[1])
      traced[unit] = []
    }
    if (text.startsWith('Failed to read unit')) traced[unit] = undefined
  }
  return traced
}

/** Reads frame headers one after another and keeps what they build on. */
export class HeaderReader {
  facts: Av1FrameFacts | undefined
  readonly references: (Av1Reference | undefined)[] = Array.from({ length: 8 })
  /** How many tiles the last frame has. */
  tiles = 0

  /** Bits of the frame header of one OBU; undefined where it has none. */
  read(
    payload: Uint8Array,
    { type, temporalId, spatialId }: Pick<Obu, 'type' | 'temporalId' | 'spatialId'>,
  ): number | undefined {
    if (type === obuType.sequenceHeader) this.facts = readAv1Sequence(payload).frames
    if (!this.facts || (type !== obuType.frame && type !== obuType.frameHeader)) return undefined
    const bits = new BitReader(payload, 'frame header')
    const { facts, references } = this
    const header = readAv1FrameHeader(bits, { facts, references, temporalId, spatialId })
    if ('shows' in header) {
      const shown = references[header.shows]
      if (shown?.type === 'key') references.fill(shown)
    } else {
      for (let place = 0; place < 8; place++)
        if ((header.places >> place) & 1) references[place] = header.kept
      this.tiles = header.tiles.count
    }
    return payload.length * 8 - bits.left
  }

  /** Of each header of a unit. */
  readUnit(unit: Uint8Array): number[] {
    const all = Array.from(obusOf(unit), (obu) => this.read(unit.subarray(obu.from, obu.to), obu))
    return all.filter((bits) => bits !== undefined)
  }
}
