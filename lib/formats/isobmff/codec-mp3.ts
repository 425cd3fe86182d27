/** MP3 in QuickTime: under a sample entry of its own and without a configuration. */
import { HeadendError } from '../../errors.ts'
import { mp3ObjectType } from '../mp3/rates.ts'
import { readAudioSampleEntry, writeAudioSampleEntry } from './audio-sample-entry.ts'
import type { Box } from './box.ts'
import { ByteWriter } from './byte-writer.ts'
import type { AudioCodec } from './codec.ts'
import { unknownRates, writeEsds } from './esds.ts'

/** Reads `.mp3`; it is written as `mp4a`, the only form of MP3 that players support (ISO/IEC 14496-14 6.7). */
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

/** After the eight bytes of any sample entry, version, vendor, channels and sample size. */
const compressionIdAt = 20
/** The sample tables count PCM samples as if they were bytes; the positions of frames are not stated. */
const unframed = -1

interface Mp3Entry {
  readonly dataReference: number
  readonly channels: number
  readonly sampleRate: number
  readonly sampleEntry: Uint8Array
  /** From the file, else derived from the rate. */
  readonly objectType?: number
}

/** The codec of an MP3 entry; only the entry has its rate and channels, so they must be plausible. */
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
