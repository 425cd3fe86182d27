/** What of a track decides how its samples are protected: read out of its clear init segment. */
import { HeadendError } from '../errors.ts'
import { av1Subsamples } from '../formats/cenc/av1-subsamples.ts'
import { avcSubsamples, hevcSubsamples } from '../formats/cenc/nal-subsamples.ts'
import type { Scheme, SubsampleMap } from '../formats/cenc/subsamples.ts'
import { readAv1c } from '../formats/isobmff/av1c.ts'
import { readAvcc } from '../formats/isobmff/avcc.ts'
import { type Box, boxes, children, need } from '../formats/isobmff/box.ts'
import { ByteReader } from '../formats/isobmff/byte-reader.ts'
import { readHvcc } from '../formats/isobmff/hvcc.ts'
import { readMdhd } from '../formats/isobmff/mdhd.ts'
import { readStsd } from '../formats/isobmff/stsd.ts'
import { readVisualSampleEntry } from '../formats/isobmff/visual-sample-entry.ts'

/** What protecting a segment of the track takes. */
export interface ClearTrack {
  readonly timescale: number
  /** Makes the map of one segment's samples, to which they are shown in their order; absent for sound. */
  readonly subsamples?: (scheme: Scheme) => SubsampleMap
}

/** Reads one of our own init segments; throws PROTECTION_CODEC (403) where we know no way to protect its pictures. */
export function readClearTrack(init: Uint8Array, type: 'video' | 'audio'): ClearTrack {
  const mdia = inside(new ByteReader(init, 0, 'init segment'), ['moov', 'trak', 'mdia'])
  const { timescale } = readMdhd(need(children(mdia), 'mdhd', mdia))
  if (type === 'audio') return { timescale }
  const stsd = inside(mdia.body, ['minf', 'stbl', 'stsd'])
  const [entry] = readStsd(stsd)
  if (!entry) return stsd.body.fail('MP4_BOX_MISSING', 'expected a sample entry, got none')
  return { timescale, subsamples: subsamplesOf(entry) }
}

function subsamplesOf(entry: Box): (scheme: Scheme) => SubsampleMap {
  const found = new Map(readVisualSampleEntry(entry).children.map((box) => [box.type, box]))
  switch (entry.type) {
    case 'avc1':
    case 'avc3':
    case 'dva1':
    case 'dvav': {
      const { lengthBytes, sps, pps } = readAvcc(need(found, 'avcC', entry))
      return (scheme) => avcSubsamples(scheme, { lengthBytes, sets: [...sps, ...pps] })
    }
    case 'hvc1':
    case 'hev1':
    case 'dvh1':
    case 'dvhe': {
      const { lengthBytes, arrays } = readHvcc(need(found, 'hvcC', entry))
      return (scheme) => hevcSubsamples(scheme, { lengthBytes, sets: arrays.flatMap(({ units }) => units) })
    }
    case 'av01':
    case 'dav1': {
      const { obus } = readAv1c(need(found, 'av1C', entry))
      return (scheme) => av1Subsamples(scheme, obus)
    }
    default:
      throw new HeadendError(
        'PROTECTION_CODEC',
        `sample entry: expected H.264, H.265 or AV1 to protect, got ${entry.type}`,
        { status: 403 },
      )
  }
}

/** The first box on a way down. */
function inside(reader: ByteReader, [type = '', ...rest]: readonly string[]): Box {
  for (const box of boxes(reader))
    if (box.type === type) return rest.length === 0 ? box : inside(box.body, rest)
  return reader.fail('MP4_BOX_MISSING', `expected ${type}, got none`)
}
