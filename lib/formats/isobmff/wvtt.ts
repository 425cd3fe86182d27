/** WVTTSampleEntry (ISO/IEC 14496-30 6.5): the header of a WebVTT track. */
import { type Box, boxes } from './box.ts'
import { readBoxString } from './box-string.ts'
import type { ByteWriter } from './byte-writer.ts'

/** The content of the entry. */
export interface WvttEntry {
  readonly dataReference: number
  /** The file up to its first cue: `WEBVTT`, style sheets, regions. */
  readonly header: string
  /** The source of the cues. */
  readonly label?: string
}

/** Reads it; without `vttC` there are no styles. */
export function readWvtt({ body }: Box): WvttEntry {
  body.skip(6)
  const dataReference = body.u16()
  let header = 'WEBVTT'
  let label: string | undefined
  for (const { type, body: content } of boxes(body)) {
    if (type === 'vttC') header = readBoxString(content)
    else if (type === 'vlab') label = readBoxString(content)
  }
  return { dataReference, header, ...(label !== undefined && { label }) }
}

/** Writes it; its samples are in the same file. */
export function writeWvtt(to: ByteWriter, { header, label }: Omit<WvttEntry, 'dataReference'>): void {
  const text = (type: string, value: string): void =>
    to.box(type, () => to.bytes(new TextEncoder().encode(value)))
  to.box('wvtt', () => {
    to.zeros(6)
    to.u16(1)
    text('vttC', header)
    if (label !== undefined) text('vlab', label)
  })
}
