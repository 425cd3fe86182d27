/** AV1 in `av01` (AV1 Codec ISO Media File Format Binding, 2.2). */
import { av1CodecString } from '../av1/codec-string.ts'
import { findAv1Sequence } from '../av1/sequence-header.ts'
import { av1PictureKind } from '../picture-kind.ts'
import { readAv1c } from './av1c.ts'
import { type Box, need } from './box.ts'
import type { VideoCodec } from './codec.ts'
import { readVideoCodec } from './video-codec.ts'

/** The colours that a codec string implies if not stated (5). */
const bt709 = { primaries: 1, transfer: 1, matrix: 1 }

/** Reads a sample entry; size and colours come from it or, if absent, from the sequence header. */
export const readAv1Entry = (entry: Box): VideoCodec =>
  readVideoCodec(entry, ({ boxes, colour: stated }) => {
    const configuration = readAv1c(need(boxes, 'av1C', entry))
    const sequence = findAv1Sequence(configuration.obus)
    const fullRange = sequence?.fullRange ?? false
    const coded = sequence?.colour && { ...sequence.colour, fullRange }
    return {
      ...(sequence && { width: sequence.width, height: sequence.height }),
      name: av1CodecString({ ...configuration, colour: stated ?? coded ?? { ...bt709, fullRange } }),
      ...(coded && { colour: coded }),
      pictureKind: av1PictureKind,
      brand: () => 'av01',
    }
  })
