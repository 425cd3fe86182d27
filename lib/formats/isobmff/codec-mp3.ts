/** MP3 as QuickTime stores it: by a name of its own and without a configuration. */
import { HeadendError } from '../../errors.ts'
import { mp3ObjectType } from '../mp3/rates.ts'
import { readAudioSampleEntry, writeAudioSampleEntry } from './audio-sample-entry.ts'
import type { Box } from './box.ts'
import { ByteWriter } from './byte-writer.ts'
import type { AudioCodec } from './codec.ts'
import { unknownRates, writeEsds } from './esds.ts'

/** Reads `.mp3`; it comes out as `mp4a`, the one form of MP3 players know (ISO/IEC 14496-14 6.7). */
export function readMp3Entry(entry: Box): AudioCodec {
  const { body } = entry
  body.skip(compressionIdAt)
  const compressionId = body.i16()
  if (compressionId === unframed)
    body.fail(
      'MP3_UNFRAMED',
      'expected a frame a sample (compression id -2), got id -1; export the film anew',
    )
  const { dataReference, ...heard } = readAudioSampleEntry(entry)
  const to = new ByteWriter()
  const objectType = mp3ObjectType(heard.sampleRate) ?? 0x6b
  writeAudioSampleEntry(to, 'mp4a', heard, () =>
    writeEsds(to, { objectType, rates: unknownRates, specific: new Uint8Array(0) }),
  )
  return mp3Of(entry, { ...heard, dataReference, sampleEntry: to.written })
}

/** Behind the eight bytes of any sample entry, version, vendor, channels and sample size. */
const compressionIdAt = 20
/** The sample tables count the sound's own samples as if they were bytes; where frames lie is nowhere said. */
const unframed = -1

interface Mp3Entry {
  readonly dataReference: number
  readonly channels: number
  readonly sampleRate: number
  readonly sampleEntry: Uint8Array
  /** As the file has it; else by the rate. */
  readonly objectType?: number
}

/** The codec of an entry found to be MP3; only the entry knows its rate and channels, so they must make sense. */
export function mp3Of(
  entry: Box,
  { dataReference, channels, sampleRate, sampleEntry, objectType }: Mp3Entry,
): AudioCodec {
  const byRate = mp3ObjectType(sampleRate)
  if (!byRate || channels < 1 || channels > 2)
    throw new HeadendError(
      'MP3_ENTRY',
      `${entry.type}: expected a rate of MP3 and one or two channels, got ${sampleRate} Hz and ${channels} at ${entry.at}`,
    )
  return {
    type: 'audio',
    name: `mp4a.${(objectType ?? byRate).toString(16).toUpperCase()}`,
    dataReference,
    channels,
    sampleRate,
    brand: () => undefined,
    sampleEntry,
  }
}
