/** AudioSampleEntry (ISO/IEC 14496-12 12.2.3) and QuickTime's versions 1 and 2 of it. */
import { type Box, boxes, copyBox } from './box.ts'
import type { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

/** The generic fields around an audio codec's configuration, which takes precedence. */
export interface AudioSampleEntry {
  readonly dataReference: number
  readonly channels: number
  readonly sampleRate: number
  /** By type, in order; of several with the same type the first. */
  readonly boxes: ReadonlyMap<string, Box>
}

/** The fields in front of the boxes. */
export interface AudioFrame {
  readonly channels: number
  readonly sampleRate: number
  readonly bitsPerSample?: number
}

/** Reads it; boxes in QuickTime's `wave` are added to the others. */
export function readAudioSampleEntry({ body }: Box): AudioSampleEntry {
  body.skip(6)
  const dataReference = body.u16()
  const version = body.u16()
  body.skip(6)
  let channels = body.u16()
  body.skip(2 + 4)
  let sampleRate = body.u32() / 65536
  if (version === 1 && !startsBox(body)) body.skip(16)
  else if (version === 2) {
    body.skip(4)
    const high = body.u32()
    const low = body.u32()
    sampleRate = doubleOf(high, low)
    channels = body.u32()
    body.skip(20)
  }
  const found = new Map<string, Box>()
  for (const child of boxes(body))
    for (const box of child.type === 'wave' ? boxes(child.body) : [child])
      if (!found.has(box.type)) found.set(box.type, box)
  return { dataReference, channels, sampleRate, boxes: found }
}

/**
 * True if boxes follow, as in ISO's version 1; QuickTime's has four numbers, the second of them too small for a
 * four-cc.
 */
function startsBox(body: ByteReader): boolean {
  const from = body.position
  const [size, type] = body.left < 8 ? [0, 0] : [body.u32(), body.u32()]
  const fits = size >= 8 && size <= body.bytes.length - from
  body.position = from
  return fits && type >= smallestFourcc
}

/** Four spaces. */
const smallestFourcc = 0x20202020

function doubleOf(high: number, low: number): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setUint32(0, high)
  view.setUint32(4, low)
  return view.getFloat64(0)
}

/** The type of the codec's own box, which is copied, or a function that writes a new one. */
type OwnBox = string | ((to: ByteWriter) => void)

/**
 * Writes a version 0 entry with the codec's own box and the others that ISO allows; `chan`, `frma` and the like only
 * have a meaning in QuickTime, `srat` only in version 1.
 */
export function rewriteAudioSampleEntry(
  type: string,
  frame: AudioFrame,
  { boxes: found, own }: { readonly boxes: ReadonlyMap<string, Box>; readonly own: OwnBox },
): Uint8Array {
  const to = new ByteWriter()
  writeAudioSampleEntry(to, type, frame, () => {
    if (typeof own !== 'string') own(to)
    for (const box of found.values()) if (box.type === own || beside.has(box.type)) copyBox(to, box)
  })
  return to.written
}

const beside = new Set(['btrt', 'chnl', 'dmix', 'ludt'])

/**
 * Writes version 0 under `type`; sample rates that do not fit 16 bits are written as 0, as the codec's own box has
 * them.
 */
export function writeAudioSampleEntry(
  to: ByteWriter,
  type: string,
  { channels, sampleRate, bitsPerSample = 16 }: AudioFrame,
  content: () => void,
): void {
  to.box(type, () => {
    to.zeros(6)
    to.u16(1)
    to.zeros(8)
    to.u16(channels)
    to.u16(bitsPerSample)
    to.zeros(4)
    to.u32(sampleRate < 65536 ? sampleRate * 65536 : 0)
    content()
  })
}
