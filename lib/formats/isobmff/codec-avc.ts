/** H.264 in `avc1` and `avc3` (ISO/IEC 14496-15 5.4.2). */
import { avcBrand } from '../avc/cmaf-brand.ts'
import { readSps } from '../avc/sps.ts'
import { avcPictureKind } from '../picture-kind.ts'
import { readAvcc, writeAvcc } from './avcc.ts'
import { type Box, need } from './box.ts'
import type { VideoCodec } from './codec.ts'
import { readVideoCodec } from './video-codec.ts'

/** Reads a sample entry; colour and aspect ratio come from its boxes or, if absent, from the SPS. */
export const readAvcEntry = (entry: Box): VideoCodec =>
  readVideoCodec(entry, ({ boxes }) => {
    const configuration = readAvcc(need(boxes, 'avcC', entry))
    const { profile, compatibility, level, lengthBytes, sps } = configuration
    // avc3 may have all its parameter sets in the samples.
    const first = sps[0] && readSps(sps[0])
    const bytes = [profile, compatibility, level].map((byte) => byte.toString(16).padStart(2, '0'))
    return {
      ...first,
      ...(first && { rewritten: { avcC: (to) => writeAvcc(to, configuration, first.sampling) } }),
      name: `${entry.type}.${bytes.join('')}`,
      nalUnits: { kind: 'avc', lengthBytes },
      pictureKind: (start) => avcPictureKind(start, lengthBytes),
      brand: (picture) => avcBrand({ ...picture, profile, level }),
    }
  })
