/** Access units: what a decoder is given at once, with its times and the configuration that it needs. */

/** What a decoder is set up with. Units whose configuration is equal in content refer to the same object. */
export interface UnitConfig {
  readonly type: 'video' | 'audio'
  /** The sample entry with its header (ISO/IEC 14496-12 8.5.2). */
  readonly sampleEntry: Uint8Array
  /** Ticks a second of the samples: 90,000 of video, the coded sample rate of audio. */
  readonly timescale: number
  /** How long a unit lasts in ticks of `timescale`; absent for video that does not say it. */
  readonly unitTicks?: number
}

/**
 * Whether decoding can start at a picture: `idr`, `cra` and `bla` as the codec says; `recovery` at a recovery point
 * SEI that takes effect at once, as open GOPs of H.264 have; `gradual` at one that takes some pictures.
 */
export type SyncKind = 'idr' | 'cra' | 'bla' | 'recovery' | 'gradual' | 'none'

/** One access unit. */
export interface AccessUnit {
  readonly pid: number
  readonly config: UnitConfig
  /** Unrolled ticks of 90 kHz; of audio only the first unit that begins in a PES packet has them. */
  readonly ptsTicks?: number
  readonly dtsTicks?: number
  /** Length-prefixed NAL units, or one frame without its transport's header. */
  readonly bytes: Uint8Array
  /** `idr` for all audio. */
  readonly sync: SyncKind
  /** Shown before the picture at which decoding can start and decoded behind it; `rasl` needs pictures before that. */
  readonly leading?: 'radl' | 'rasl'
  /** Some of its bytes are lost. */
  readonly isDamaged: boolean
}
