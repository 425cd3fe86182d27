/** AudioSampleEntry (ISO/IEC 14496-12 12.2.3) and QuickTime's versions 1 and 2 of it. */
import { type Box, boxes } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** What the frame around an audio codec's configuration says; codecs know better. */
export interface AudioSampleEntry {
  readonly dataReference: number
  readonly channels: number
  readonly sampleRate: number
  readonly children: readonly Box[]
}

/** Reads it; boxes within QuickTime's `wave` stand among the children. */
export function readAudioSampleEntry({ body }: Box): AudioSampleEntry {
  body.skip(6)
  const dataReference = body.u16()
  const version = body.u16()
  body.skip(6)
  let channels = body.u16()
  body.skip(2 + 4)
  let sampleRate = body.u32() / 65536
  if (version === 1) body.skip(16)
  else if (version === 2) {
    body.skip(4)
    const high = body.u32()
    const low = body.u32()
    sampleRate = doubleOf(high, low)
    channels = body.u32()
    body.skip(20)
  }
  const children: Box[] = []
  for (const child of boxes(body)) {
    if (child.type === 'wave') children.push(...boxes(child.body))
    else children.push(child)
  }
  return { dataReference, channels, sampleRate, children }
}

function doubleOf(high: number, low: number): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setUint32(0, high)
  view.setUint32(4, low)
  return view.getFloat64(0)
}

/** Writes version 0 under `type`; rates that do not fit 16 bits stand as 0, as the codec's own box has them. */
export function writeAudioSampleEntry(
  to: ByteWriter,
  type: string,
  { channels, sampleRate }: { readonly channels: number; readonly sampleRate: number },
  content: () => void,
): void {
  to.box(type, () => {
    to.zeros(6)
    to.u16(1)
    to.zeros(8)
    to.u16(channels)
    to.u16(16)
    to.zeros(4)
    to.u32(sampleRate < 65536 ? sampleRate * 65536 : 0)
    content()
  })
}
