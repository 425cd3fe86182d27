/** Boxes of the ISO Base Media File Format (ISO/IEC 14496-12) and its derivatives. */
export { readAv1c } from './av1c.ts'
export { readAvcc } from './avcc.ts'
export {
  type Box,
  type BoxHeader,
  boxes,
  children,
  maxHeader,
  need,
  readBoxHeader,
  shown,
  versionAndFlags,
} from './box.ts'
export { ByteReader } from './byte-reader.ts'
export { ByteWriter } from './byte-writer.ts'
export type { AudioCodec, Codec, NalUnits, VideoCodec } from './codec.ts'
export { audioCodecs, codecs, videoCodecs } from './codecs.ts'
export { writeDref } from './dref.ts'
export { type EditWindow, resolveEdits } from './edit-window.ts'
export { readElst } from './elst.ts'
export { type EventMessage, readEmsg, writeEmsg } from './emsg.ts'
export { eachFragmentSample, type FragmentSample } from './fragment-samples.ts'
export { readFtyp, writeFtyp } from './ftyp.ts'
export { writeHdlr } from './hdlr.ts'
export { readHvcc } from './hvcc.ts'
export { writeInit } from './init.ts'
export { readKinds } from './kind.ts'
export { readMdhd, writeMdhd } from './mdhd.ts'
export { readMoof } from './moof.ts'
export { type Movie, readMoov } from './moov.ts'
export { unityMatrix, writeMvhd } from './mvhd.ts'
export { protectInit } from './protect-init.ts'
export type { Repair } from './repair.ts'
export {
  addDescription,
  countSamples,
  type DescriptionRun,
  readSampleTable,
  type SampleTable,
} from './sample-table.ts'
export { type Fragment, type OwnKey, segmentLength, writeSegmentHead } from './segment.ts'
export { readSidx } from './sidx.ts'
export { readStpp, type StppEntry, writeStpp } from './stpp.ts'
export { readStsd, writeStsd } from './stsd.ts'
export { maxSamples } from './stsz.ts'
export type { TrackEncryption } from './tenc.ts'
export { writeTkhd } from './tkhd.ts'
export { glanceTrak, readTrak, type Trak } from './trak.ts'
export { readTref } from './tref.ts'
export { faceStyle, readTx3g, type Tx3gEntry } from './tx3g.ts'
export { readTx3gSample, type Tx3gSample } from './tx3g-sample.ts'
export { readVisualSampleEntry, writeVisualSampleEntry } from './visual-sample-entry.ts'
export { readWvtt, type WvttEntry, writeWvtt } from './wvtt.ts'
export { readWvttSample, type WvttCue, writeWvttSample } from './wvtt-sample.ts'
