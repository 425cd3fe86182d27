/**
 * Parameter sets of an earlier segment: FFmpeg writes those of H.264 in front of IDR pictures alone, so that with open
 * GOPs, or with intra refresh, only the first segment of a stream has them.
 */
import {
  type Box,
  ByteReader,
  boxes,
  readAvcc,
  readHvcc,
  readMoov,
  readTrak,
  readVisualSampleEntry,
} from '../../formats/isobmff/index.ts'
import type { EarlierSets } from '../../formats/mpegts/index.ts'

/** Those in an init segment; undefined if it is of no such video. Throws HeadendError for what is none. */
export function setsIn(init: Uint8Array): EarlierSets | undefined {
  const moov = [...boxes(new ByteReader(init))].find(({ type }) => type === 'moov')
  const [trak] = moov ? readMoov(moov).traks : []
  const [entry] = trak ? readTrak(trak).entries : []
  const parts = entry && /^(?:avc|hev|hvc)/.test(entry.type) ? readVisualSampleEntry(entry).children : []
  const configuration = (type: string): Box | undefined => parts.find((part) => part.type === type)
  const [avc, hevc] = [configuration('avcC'), configuration('hvcC')]
  if (avc) {
    const { sps, pps } = readAvcc(avc)
    return { kind: 'avc', nals: [...sps, ...pps] }
  }
  return hevc && { kind: 'hevc', nals: readHvcc(hevc).arrays.flatMap(({ units }) => units) }
}
