/** OpusSpecificBox (Encapsulation of Opus in ISO Base Media File Format 4.3.2). */
import { type Speakers, speakers } from '../channel-layout.ts'
import type { Box } from './box.ts'

/** Channel mapping family 0 is mono or stereo and has no table. */
const plainFamily = 0
/** Family 1 has Vorbis's layouts (RFC 7845 5.1.1.2), by count; they are the default ones except for four channels. */
const vorbisFamily = 1
const quadraphonic = { channels: 4, layout: 10 }

/** Reads version 0, to the end of the channel mapping; the rate is always 48 kHz. */
export function readDops({ body }: Box): Speakers {
  const version = body.u8()
  if (version !== 0) body.fail('OPUS_VERSION', `expected version 0, got ${version}`)
  const channels = body.u8()
  // Pre-skip, input rate and gain: for the decoder; players take the skipped range from the edit list.
  body.skip(2 + 4 + 2)
  const family = body.u8()
  if (channels === 0 || (family === plainFamily && channels > 2))
    body.fail('OPUS_CHANNELS', `expected channels that fit mapping family ${family}, got ${channels}`)
  if (family !== plainFamily) body.skip(2 + channels)
  if (family > vorbisFamily) return speakers(channels, 0)
  return channels === quadraphonic.channels ? quadraphonic : { channels }
}
