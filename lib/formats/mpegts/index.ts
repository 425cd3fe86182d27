/** MPEG-2 transport streams (ISO/IEC 13818-1), and what they hold as samples of CMAF. */
export { displaySize, trackFragment, trackInit } from './cmaf.ts'
export { ticksPerSecond } from './packets/clock.ts'
export type { DemuxerOptions } from './packets/demux.ts'
export { createDemuxer, type Demuxer } from './packets/demuxer.ts'
export type {
  PesPacket,
  PrivateSection,
  Program,
  Stream,
  StreamKind,
  TsEvent,
  TsProblem,
} from './packets/events.ts'
export { privateAudio } from './packets/private-audio.ts'
export { beginsTransportStream, programsIn } from './packets/programs.ts'
export { stretchesOf } from './stretches.ts'
export type { TrackEnd } from './track-times.ts'
export {
  type ElementarySample,
  type ElementaryTrack,
  elementaryTracks,
  type Tracks,
  type TracksOptions,
} from './tracks.ts'
export {
  createUnitReader,
  type EarlierSets,
  type TsReader,
  type UnitEvent,
  type UnitReaderOptions,
} from './unit-reader.ts'
export type { AccessUnit, SyncKind, UnitConfig } from './units.ts'
