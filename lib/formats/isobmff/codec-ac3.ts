/** AC-3 in `ac-3` (ETSI TS 102 366 F.3). */
import { layoutOfPlaces } from '../ac3/channels.ts'
import { readAudioSampleEntry, rewriteAudioSampleEntry } from './audio-sample-entry.ts'
import { type Box, need } from './box.ts'
import type { AudioCodec } from './codec.ts'
import { readDac3 } from './dac3.ts'

/** Reads a sample entry; CMAF names no media profile for AC-3. */
export function readAc3Entry(entry: Box): AudioCodec {
  const { dataReference, boxes } = readAudioSampleEntry(entry)
  const heard = readDac3(need(boxes, 'dac3', entry))
  return {
    type: 'audio',
    name: 'ac-3',
    dataReference,
    ...heard,
    channelLayout: layoutOfPlaces(heard.dolbyChannels),
    brand: () => undefined,
    sampleEntry: rewriteAudioSampleEntry('ac-3', heard, { boxes, own: 'dac3' }),
  }
}
