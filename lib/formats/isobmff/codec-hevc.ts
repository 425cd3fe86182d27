/** H.265 in `hvc1` and `hev1` (ISO/IEC 14496-15 8.4.1). */
import { hevcBrand } from '../hevc/cmaf-brand.ts'
import { hevcCodecString } from '../hevc/codec-string.ts'
import { readHevcSps } from '../hevc/sps.ts'
import { type Box, need } from './box.ts'
import type { VideoCodec } from './codec.ts'
import { readHvcc } from './hvcc.ts'
import { readVideoCodec } from './video-codec.ts'

const spsType = 33

/** Reads a sample entry; colour and shape come from its boxes or, where they are silent, from the SPS. */
export const readHevcEntry = (entry: Box): VideoCodec =>
  readVideoCodec(entry, ({ boxes }) => {
    const configuration = readHvcc(need(boxes, 'hvcC', entry))
    // hev1 may keep all its parameter sets in the samples.
    const sps = configuration.arrays.find(({ type }) => type === spsType)?.units[0]
    return {
      ...(sps && readHevcSps(sps)),
      name: hevcCodecString(entry.type, configuration),
      brand: (picture) => hevcBrand({ ...picture, ...configuration }),
    }
  })
