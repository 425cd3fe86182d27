/** Samples of a WebVTT track (ISO/IEC 14496-30 6.6): the cues that are shown for the sample's whole duration. */
import { boxes } from './box.ts'
import { readBoxString } from './box-string.ts'
import { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

const utf8 = new TextEncoder()

/** A cue, or the part of it in one sample. */
export interface WvttCue {
  /** The same in all samples of a cue that is split. */
  readonly sourceId?: number
  readonly id?: string
  /** The sample's start time on the clock of the timestamps in `text`. */
  readonly currentTime?: string
  readonly settings?: string
  readonly text: string
}

/** The cues of a sample; empty if nothing is shown. Unknown boxes are ignored. */
export function readWvttSample(bytes: Uint8Array, at = 0): WvttCue[] {
  const cues: WvttCue[] = []
  for (const box of boxes(new ByteReader(bytes, at, 'wvtt sample'))) {
    if (box.type !== 'vttc') continue
    const parts = new Map<string, ByteReader>()
    for (const part of boxes(box.body)) if (!parts.has(part.type)) parts.set(part.type, part.body)
    const text = (type: string): string | undefined => {
      const body = parts.get(type)
      return body && readBoxString(body)
    }
    const [id, currentTime, settings] = [text('iden'), text('ctim'), text('sttg')]
    const sourceId = parts.get('vsid')?.i32()
    cues.push({
      ...(sourceId !== undefined && { sourceId }),
      ...(id && { id }),
      ...(currentTime && { currentTime }),
      ...(settings && { settings }),
      text: text('payl') ?? '',
    })
  }
  return cues
}

/** Writes a sample with these cues, or an empty one. */
export function writeWvttSample(to: ByteWriter, cues: readonly WvttCue[]): void {
  if (cues.length === 0) to.box('vtte', () => undefined)
  for (const { sourceId, id, currentTime, settings, text } of cues)
    to.box('vttc', () => {
      if (sourceId !== undefined) to.box('vsid', () => to.i32(sourceId))
      writeText(to, 'iden', id)
      writeText(to, 'ctim', currentTime)
      writeText(to, 'sttg', settings)
      writeText(to, 'payl', text)
    })
}

function writeText(to: ByteWriter, type: string, text: string | undefined): void {
  if (text !== undefined) to.box(type, () => to.bytes(utf8.encode(text)))
}
