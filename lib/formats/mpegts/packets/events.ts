/** What a transport stream holds, in the order it came: programme tables, packets of streams, sections, and faults. */
import type { ErrorCode } from '../../../errors.ts'

/** What a stream holds; `skipped` is named in the table of its programme and not read. */
export type StreamKind =
  | 'avc'
  | 'hevc'
  | 'aac'
  | 'latm'
  | 'mpeg-audio'
  | 'ac-3'
  | 'id3'
  | 'scte-35'
  | 'section'
  | 'skipped'

/** An elementary stream as its programme map announces it (ISO/IEC 13818-1 2.4.4.8). */
export interface Stream {
  readonly pid: number
  /** stream_type. */
  readonly type: number
  readonly kind: StreamKind
  /** What it is, for people: `H.264`, `teletext`. */
  readonly name: string
  /** Of a skipped one: what viewers would see or hear of it. */
  readonly shows?: 'video' | 'audio'
  /** ISO 639-2/T; absent if not stated. */
  readonly language?: string
  /** audio_type of the language descriptor: 1 clean effects, 2 for the hearing impaired, 3 visual impaired commentary. */
  readonly audioType?: number
}

/** One version of a programme's map. */
export interface Program {
  readonly number: number
  readonly version: number
  readonly mapPid: number
  /** The stream whose packets have the programme's clock. */
  readonly pcrPid: number
  readonly streams: readonly Stream[]
}

/** A whole PES packet (2.4.3.6). */
export interface PesPacket {
  readonly pid: number
  readonly kind: StreamKind
  /** Unrolled ticks of 90 kHz; absent if the packet has no time of its own. */
  readonly ptsTicks?: number
  /** Equal to `ptsTicks` where only that is coded. */
  readonly dtsTicks?: number
  /** The elementary stream's bytes, the header taken off. */
  readonly data: Uint8Array
  /** random_access_indicator of the packet it begins in. */
  readonly randomAccess: boolean
  /** Some of its bytes are lost. */
  readonly isDamaged: boolean
}

/** A whole section of a stream of sections: SCTE 35, or private ones. */
export interface PrivateSection {
  readonly pid: number
  readonly kind: StreamKind
  readonly tableId: number
  /** From table_id to the end, CRC_32 included where there is one. */
  readonly bytes: Uint8Array
  /** The programme's clock when it came, unrolled ticks of 90 kHz; absent before the first PCR. */
  readonly clockTicks?: number
}

/** A fault; reading goes on behind it. */
export interface TsProblem {
  readonly code: ErrorCode
  /** What, where, expected and got. */
  readonly message: string
  readonly pid?: number
  /** Offset in the stream of the packet it was seen in. */
  readonly at: number
}

/** One thing read. */
export type TsEvent =
  | { readonly type: 'program'; readonly program: Program }
  | { readonly type: 'pes'; readonly pes: PesPacket }
  | { readonly type: 'section'; readonly section: PrivateSection }
  /** discontinuity_indicator; of the PCR's stream the clock itself begins anew (2.4.3.5). */
  | { readonly type: 'discontinuity'; readonly pid: number; readonly ofClock: boolean }
  | { readonly type: 'problem'; readonly problem: TsProblem }
