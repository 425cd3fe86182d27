/** FLACSpecificBox (Encapsulation of FLAC in ISO Base Media File Format 3.3.2). */
import type { Speakers } from '../channel-layout.ts'
import { flacSpeakers } from '../flac/channel-mask.ts'
import { type FlacStreamInfo, readStreamInfo, streamInfoBytes } from '../flac/stream-info.ts'
import { type Box, versionAndFlags } from './box.ts'

const streamInfoType = 0
/** The top bit of a block's first byte marks the last block. */
const typeMask = 0x7f

/** Reads the mandatory first block, and the channels from the blocks that follow. */
export function readDfla({ body }: Box): FlacStreamInfo & Speakers {
  const { version } = versionAndFlags(body)
  if (version !== 0) body.fail('FLAC_VERSION', `expected version 0, got ${version}`)
  const type = body.u8() & typeMask
  const length = body.u24()
  if (type !== streamInfoType || length !== streamInfoBytes)
    body.fail(
      'FLAC_STREAMINFO',
      `expected STREAMINFO of ${streamInfoBytes} bytes, got block ${type} of ${length}`,
    )
  const info = readStreamInfo(body.take(length))
  return { ...info, ...flacSpeakers(info.channels, body.take(body.left)) }
}
