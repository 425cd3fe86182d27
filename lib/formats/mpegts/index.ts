/** MPEG-2 transport streams (ISO/IEC 13818-1). */
export { createDemuxer, type Demuxer, type DemuxerOptions } from './demuxer.ts'
export type { PesPacket, PrivateSection, Program, Stream, StreamKind, TsEvent, TsProblem } from './events.ts'
