/** AAC and MP3 in `mp4a` (ISO/IEC 14496-14 6.7). */
import { HeadendError } from '../../errors.ts'
import { readAudioSpecificConfig } from '../aac/audio-specific-config.ts'
import { aacBrand } from '../aac/cmaf-brand.ts'
import { readAudioSampleEntry, rewriteAudioSampleEntry } from './audio-sample-entry.ts'
import { type Box, need } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'
import type { AudioCodec } from './codec.ts'
import { mp3Of } from './codec-mp3.ts'
import { readEsds, writeEsds } from './esds.ts'

const mpeg4 = 0x40
/** Audio object type of USAC, xHE-AAC's core (ISO/IEC 23003-3). */
const usac = 42
/** Main, LC and SSR of MPEG-2 (ISO/IEC 13818-7). */
const mpeg2 = new Set([0x66, 0x67, 0x68])
/** ISO/IEC 13818-3 and 11172-3. */
const mp3 = new Set([0x69, 0x6b])

/** Reads a sample entry; QuickTime's forms are written in the ISO form. */
export function readMp4aEntry(entry: Box): AudioCodec {
  const { dataReference, boxes, ...stated } = readAudioSampleEntry(entry)
  const stream = readEsds(need(boxes, 'esds', entry))
  const { objectType, specific } = stream
  const own = (to: ByteWriter): void => writeEsds(to, stream)
  if (mp3.has(objectType)) {
    const sampleEntry = rewriteAudioSampleEntry('mp4a', stated, { boxes, own })
    return mp3Of(entry, { ...stated, dataReference, objectType, sampleEntry })
  }
  if (objectType !== mpeg4 && !mpeg2.has(objectType))
    throw new HeadendError(
      'MP4_CODEC_UNSUPPORTED',
      `mp4a: expected AAC or MP3 (object type 40, 66 to 69 or 6b), got ${objectType.toString(16)} at ${entry.at}; convert the audio to AAC`,
    )
  const aac = readAudioSpecificConfig(specific)
  const heard = { channels: aac.channels || stated.channels, sampleRate: aac.sampleRate }
  return {
    type: 'audio',
    name: objectType === mpeg4 ? `mp4a.40.${aac.objectType}` : `mp4a.${objectType.toString(16)}`,
    dataReference,
    ...heard,
    ...(aac.objectType === usac && { dependent: true }),
    ...(aac.channels > 0 && aac.layout !== undefined && { channelLayout: aac.layout }),
    brand: () => (objectType === mpeg4 ? aacBrand({ ...aac, ...heard }) : undefined),
    sampleEntry: rewriteAudioSampleEntry('mp4a', heard, { boxes, own }),
  }
}
