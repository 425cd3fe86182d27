/** Enhanced AC-3 in `ec-3` (ETSI TS 102 366 F.5), with or without objects. */
import { layoutOfPlaces } from '../ac3/channels.ts'
import { readAudioSampleEntry, rewriteAudioSampleEntry } from './audio-sample-entry.ts'
import { type Box, need } from './box.ts'
import type { AudioCodec } from './codec.ts'
import { readDec3 } from './dec3.ts'

/** Reads a sample entry. */
export function readEac3Entry(entry: Box): AudioCodec {
  const { dataReference, boxes, sampleRate: statedRate } = readAudioSampleEntry(entry)
  const box = need(boxes, 'dec3', entry)
  const { channels, dolbyChannels, sampleRate = statedRate, programmes, jointObjects } = readDec3(box)
  if (!rates.has(sampleRate)) box.body.fail('AC3_RATE', `expected a sample rate of E-AC-3, got ${sampleRate}`)
  const heard = { channels, sampleRate }
  return {
    type: 'audio',
    name: 'ec-3',
    dataReference,
    ...heard,
    dolbyChannels,
    channelLayout: layoutOfPlaces(dolbyChannels),
    ...(jointObjects !== undefined && { jointObjects }),
    // ETSI TS 102 366 annex J: one programme.
    brand: () => (programmes === 1 ? 'ceac' : undefined),
    sampleEntry: rewriteAudioSampleEntry('ec-3', heard, { boxes, own: 'dec3' }),
  }
}

const rates = new Set([48000, 44100, 32000, 24000, 22050, 16000])
