/** OpusSpecificBox (Encapsulation of Opus in ISO Base Media File Format 4.3.2). */
import type { Box } from './box.ts'

/** What is to be known of Opus besides its rate, which is always 48 kHz. */
export interface OpusConfig {
  readonly channels: number
}

/** Channel mapping family 0 is mono or stereo and has no table. */
const plainFamily = 0

/** Reads version 0, to the end of the channel mapping. */
export function readDops({ body }: Box): OpusConfig {
  const version = body.u8()
  if (version !== 0) body.fail('OPUS_VERSION', `expected version 0, got ${version}`)
  const channels = body.u8()
  // Pre-skip, rate of the input and gain: for the decoder; the edit list says to players what is skipped.
  body.skip(2 + 4 + 2)
  const family = body.u8()
  if (channels === 0 || (family === plainFamily && channels > 2))
    body.fail('OPUS_CHANNELS', `expected channels that fit mapping family ${family}, got ${channels}`)
  if (family !== plainFamily) body.skip(2 + channels)
  return { channels }
}
