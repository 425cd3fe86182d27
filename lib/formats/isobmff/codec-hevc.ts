/** H.265 in `hvc1` and `hev1` (ISO/IEC 14496-15 8.4.1). */
import { hevcBrand } from '../hevc/cmaf-brand.ts'
import { hevcCodecString } from '../hevc/codec-string.ts'
import { readHevcSps } from '../hevc/sps.ts'
import { hevcPictureKind } from '../picture-kind.ts'
import { preferredTransfer, seiMessages } from '../sei.ts'
import { type Box, need } from './box.ts'
import type { VideoCodec } from './codec.ts'
import { readHvcc } from './hvcc.ts'
import { readVideoCodec } from './video-codec.ts'

const spsType = 33
const prefixSeiType = 39
const progressiveSource = 0x80
const interlacedSource = 0x40

/** Reads a sample entry; colour and aspect ratio come from its boxes or, if absent, from the SPS. */
export const readHevcEntry = (entry: Box): VideoCodec =>
  readVideoCodec(entry, ({ boxes }) => {
    const configuration = readHvcc(need(boxes, 'hvcC', entry))
    // hev1 may have all its parameter sets in the samples.
    const sps = configuration.arrays.find(({ type }) => type === spsType)?.units[0]
    const messages = configuration.arrays
      .filter(({ type }) => type === prefixSeiType)
      .flatMap(({ units }) => units.flatMap((unit) => seiMessages(unit, 2)))
    const transfer = preferredTransfer(messages)
    const source = (configuration.constraints[0] ?? 0) & (progressiveSource | interlacedSource)
    return {
      ...(sps && readHevcSps(sps)),
      ...(source === interlacedSource && { interlaced: true }),
      ...(transfer !== undefined && { preferredTransfer: transfer }),
      name: hevcCodecString(entry.type, configuration),
      nalUnits: { kind: 'hevc', lengthBytes: configuration.lengthBytes },
      pictureKind: (start) => hevcPictureKind(start, configuration.lengthBytes),
      brand: (picture) => hevcBrand({ ...picture, ...configuration }),
    }
  })
