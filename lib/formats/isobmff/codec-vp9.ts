/** VP9 in `vp09` (VP Codec ISO Media File Format Binding). */
import { vp9CodecString } from '../vp9/codec-string.ts'
import { vp9Level } from '../vp9/level.ts'
import { type Box, need } from './box.ts'
import type { VideoCodec } from './codec.ts'
import { readVideoCodec } from './video-codec.ts'
import { readVpcc } from './vpcc.ts'

/** FFmpeg before 4.1 wrote level 0, which players refuse; the true frame rate is unknown here. */
const assumedFrameRate = 60

/** Reads a sample entry; no CMAF media profile holds VP9. */
export const readVp9Entry = (entry: Box): VideoCodec =>
  readVideoCodec(entry, ({ boxes, width, height }) => {
    const facts = readVpcc(need(boxes, 'vpcC', entry))
    const level = facts.level || vp9Level({ width, height, frameRate: assumedFrameRate })
    return { name: vp9CodecString({ ...facts, level }), colour: facts.colour, brand: () => undefined }
  })
