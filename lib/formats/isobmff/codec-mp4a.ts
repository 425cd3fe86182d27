/** AAC in `mp4a` (ISO/IEC 14496-14 6.7). */
import { HeadendError } from '../../errors.ts'
import { readAudioSpecificConfig } from '../aac/audio-specific-config.ts'
import { readAudioSampleEntry, writeAudioSampleEntry } from './audio-sample-entry.ts'
import { type Box, need } from './box.ts'
import { ByteWriter } from './byte-writer.ts'
import type { AudioCodec } from './codec.ts'
import { readEsds } from './esds.ts'

const mpeg4 = 0x40
/** Main, LC and SSR of MPEG-2 (ISO/IEC 13818-7). */
const mpeg2 = new Set([0x66, 0x67, 0x68])

/** Reads a sample entry; QuickTime's forms of it come out in the ISO form. */
export function readMp4aEntry(entry: Box): AudioCodec {
  const { dataReference, channels, children } = readAudioSampleEntry(entry)
  const box = need(new Map(children.map((child) => [child.type, child])), 'esds', entry)
  const { objectType, specific } = readEsds(box)
  if (objectType !== mpeg4 && !mpeg2.has(objectType))
    throw new HeadendError(
      'MP4_CODEC_UNSUPPORTED',
      `mp4a: expected AAC (object type 40, 66, 67 or 68), got ${objectType.toString(16)} at ${box.at}; convert the audio to AAC`,
    )
  const aac = readAudioSpecificConfig(specific)
  const heard = { channels: aac.channels || channels, sampleRate: aac.sampleRate }
  const to = new ByteWriter()
  writeAudioSampleEntry(to, 'mp4a', heard, () => {
    for (const child of children) if (kept.has(child.type)) to.bytes(child.raw)
  })
  return {
    type: 'audio',
    name: objectType === mpeg4 ? `mp4a.40.${aac.objectType}` : `mp4a.${objectType.toString(16)}`,
    dataReference,
    ...heard,
    // ISO/IEC 23000-19 table A.2: AAC core is at most stereo at 48 kHz.
    brand: () => (heard.sampleRate > 48000 ? undefined : heard.channels <= 2 ? 'caac' : 'camc'),
    sampleEntry: to.written,
  }
}

/** `chan`, `frma` and their like only mean something in QuickTime. */
const kept = new Set(['esds', 'btrt', 'chnl', 'dmix', 'ludt', 'srat'])
