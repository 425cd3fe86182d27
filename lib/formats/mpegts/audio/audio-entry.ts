/** Sample entries of audio, made from what frames say of themselves. */
import { writeAudioSampleEntry } from '../../isobmff/audio-sample-entry.ts'
import { ByteWriter } from '../../isobmff/byte-writer.ts'
import { unknownRates, writeEsds } from '../../isobmff/esds.ts'
import type { UnitConfig } from '../units.ts'

/** Clock and channels of frames. */
export interface AudioShape {
  readonly sampleRate: number
  readonly channels: number
  /** Samples of a frame, which are its ticks. */
  readonly frameSamples: number
}

/** With the codec's own box. */
export function audioConfig(type: string, shape: AudioShape, own: (to: ByteWriter) => void): UnitConfig {
  const to = new ByteWriter()
  writeAudioSampleEntry(to, type, shape, () => own(to))
  return {
    type: 'audio',
    sampleEntry: to.written.slice(),
    timescale: shape.sampleRate,
    unitTicks: shape.frameSamples,
  }
}

/** Of MPEG audio (ISO/IEC 14496-14 6.7), by its object type and AudioSpecificConfig. */
export const mp4aConfig = (objectType: number, specific: Uint8Array, shape: AudioShape): UnitConfig =>
  audioConfig('mp4a', shape, (to) => writeEsds(to, { objectType, rates: unknownRates, specific }))

/** Configurations by a key of their contents, so that equal ones are the same object. */
export function configCache(): (key: string, make: () => UnitConfig) => UnitConfig {
  const known = new Map<string, UnitConfig>()
  return (key, make) => {
    const found = known.get(key)
    if (found) return found
    const made = make()
    // Only a broken stream has so many.
    if (known.size >= maxConfigs) known.clear()
    known.set(key, made)
    return made
  }
}

const maxConfigs = 32
