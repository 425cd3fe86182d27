/** Opus in `Opus` (Encapsulation of Opus in ISO Base Media File Format 4.3.1). */
import { readAudioSampleEntry, rewriteAudioSampleEntry } from './audio-sample-entry.ts'
import { type Box, need } from './box.ts'
import type { AudioCodec } from './codec.ts'
import { readDops } from './dops.ts'

/** Reads a sample entry; CMAF names no media profile for Opus. */
export function readOpusEntry(entry: Box): AudioCodec {
  const { dataReference, boxes } = readAudioSampleEntry(entry)
  const { channels, layout } = readDops(need(boxes, 'dOps', entry))
  const heard = { channels, sampleRate: 48000 }
  return {
    type: 'audio',
    // Lower case, as players pass it to MediaSource.
    name: 'opus',
    dataReference,
    ...heard,
    ...(layout !== undefined && { channelLayout: layout }),
    brand: () => undefined,
    sampleEntry: rewriteAudioSampleEntry('Opus', heard, { boxes, own: 'dOps' }),
  }
}
