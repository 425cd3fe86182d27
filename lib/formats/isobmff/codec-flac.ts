/** FLAC in `fLaC` (Encapsulation of FLAC in ISO Base Media File Format 3.3.1). */
import { readAudioSampleEntry, rewriteAudioSampleEntry } from './audio-sample-entry.ts'
import { type Box, need } from './box.ts'
import type { AudioCodec } from './codec.ts'
import { readDfla } from './dfla.ts'

/** Reads a sample entry; CMAF names no media profile for FLAC. */
export function readFlacEntry(entry: Box): AudioCodec {
  const { dataReference, boxes } = readAudioSampleEntry(entry)
  const { channels, layout, sampleRate, bitsPerSample } = readDfla(need(boxes, 'dfLa', entry))
  const stated = { channels, sampleRate: expressible(sampleRate), bitsPerSample }
  return {
    type: 'audio',
    name: 'fLaC',
    dataReference,
    channels,
    sampleRate,
    ...(layout !== undefined && { channelLayout: layout }),
    brand: () => undefined,
    sampleEntry: rewriteAudioSampleEntry('fLaC', stated, { boxes, own: 'dfLa' }),
  }
}

/** Rates above 16 bits are stated as the largest rate that divides them: 48 kHz for 96 and 192. */
function expressible(rate: number): number {
  let stated = rate
  while (stated > 65535 && stated % 2 === 0) stated /= 2
  return Math.min(stated, 65535)
}
