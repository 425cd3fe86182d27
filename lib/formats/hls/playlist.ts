/** The data model of our HLS playlists (RFC 8216bis), printed by `print-media.ts` and `print-multivariant.ts`. */

/** A Media Playlist (RFC 8216bis 4.4.3). */
export interface MediaPlaylist {
  readonly targetSeconds: number
  readonly mediaSequence: number
  readonly discontinuitySequence: number
  readonly type?: 'VOD' | 'EVENT'
  readonly endList: boolean
  readonly independentSegments: boolean
  readonly iFramesOnly?: boolean
  /** Seconds before the end where a player should start, and other EXT-X-START facts. */
  readonly start?: { readonly offsetSeconds: number; readonly precise: boolean }
  /** Playlist-wide lines of a third party, printed unmodified after ours. */
  readonly tags?: readonly string[]
  /** Seconds from the end: what lies further back may be left out of an update (CAN-SKIP-UNTIL, 4.4.3.8). */
  readonly canSkipUntilSeconds?: number
  /** HOLD-BACK: how far from the end players begin; at least three target durations (RFC 8216bis 4.4.3.8). */
  readonly holdBackSeconds?: number
  /** Segments that this update leaves out at its beginning (EXT-X-SKIP, 4.4.5.2); `segments` begins behind them. */
  readonly skippedSegments?: number
  /** Iterated once, in order: they may be generated during printing. */
  readonly segments: Iterable<PlaylistSegment>
}

/** One segment with its tags. */
export interface PlaylistSegment {
  /** A prefix of `uri`; shared by many segments, so that a printer need not check it each time. */
  readonly directory?: string
  readonly uri: string
  /** EXTINF, in seconds; printed with at most six decimals. */
  readonly seconds: number
  readonly byteRange?: HlsByteRange
  readonly discontinuity?: boolean
  /** Set if it differs from the segment before. */
  readonly map?: { readonly uri: string; readonly byteRange?: HlsByteRange }
  /** Set if the keys change; an empty list prints METHOD=NONE. */
  readonly keys?: readonly HlsKey[]
  /** Milliseconds since 1970; set if it can't be derived from the segment before. */
  readonly programDateTimeMs?: number
  readonly gap?: boolean
  /** Kilobits a second, EXT-X-BITRATE; set if it changes. */
  readonly bitrate?: number
  readonly dateRanges?: readonly DateRange[]
  /** Lines of a third party's playlist before this segment, printed unmodified. */
  readonly tags?: readonly string[]
}

/** `length` bytes from `offset` of a resource (EXT-X-BYTERANGE, BYTERANGE). */
export interface HlsByteRange {
  readonly offset: number
  readonly length: number
}

/** EXT-X-KEY and EXT-X-SESSION-KEY (4.4.4.4, 4.4.6.5). */
export interface HlsKey {
  readonly method: 'AES-128' | 'SAMPLE-AES' | 'SAMPLE-AES-CTR'
  readonly uri: string
  /** 32 hex digits without 0x. */
  readonly iv?: string
  readonly keyFormat?: string
  readonly keyFormatVersions?: string
}

/** EXT-X-DATERANGE (4.4.5.1); `attributes` holds SCTE35-* and X-* with their values as printed. */
export interface DateRange {
  readonly id: string
  readonly class?: string
  readonly startMs?: number
  readonly endMs?: number
  readonly durationSeconds?: number
  readonly plannedDurationSeconds?: number
  readonly cue?: string
  readonly endOnNext?: boolean
  readonly attributes?: Readonly<Record<string, string>>
}

/** A Multivariant Playlist (4.4.6). */
export interface MultivariantPlaylist {
  readonly independentSegments: boolean
  readonly variants: readonly Variant[]
  readonly media: readonly MediaRendition[]
  readonly iFrames: readonly IFrameVariant[]
  readonly sessionKeys: readonly HlsKey[]
  readonly start?: { readonly offsetSeconds: number; readonly precise: boolean }
  /** Lines of a third party, printed unmodified. */
  readonly tags?: readonly string[]
}

/** EXT-X-STREAM-INF without its URI (4.4.6.2). */
export interface VariantAttributes {
  /** Peak bits a second of all renditions the variant plays. */
  readonly bandwidth: number
  readonly averageBandwidth?: number
  readonly codecs: readonly string[]
  readonly supplementalCodecs?: string
  readonly resolution?: { readonly width: number; readonly height: number }
  /** Printed with three decimals. */
  readonly frameRate?: number
  readonly hdcpLevel?: 'NONE' | 'TYPE-0' | 'TYPE-1'
  /** `com.example.drm1:SMART-TV/PC,com.example.drm2:HW`: the device classes that may play it. */
  readonly allowedCpc?: string
  readonly videoRange?: 'SDR' | 'HLG' | 'PQ'
  /** `CH-STEREO`: the layout a player must support to be offered the variant. */
  readonly requiredVideoLayout?: string
  readonly stableVariantId?: string
  readonly score?: number
  readonly pathwayId?: string
}

/** A variant and the groups of its other renditions. */
export interface Variant extends VariantAttributes {
  readonly uri: string
  readonly audio?: string
  readonly subtitles?: string
  /** A group id, or `NONE`. */
  readonly closedCaptions?: string
}

/** EXT-X-I-FRAME-STREAM-INF (4.4.6.3). */
export interface IFrameVariant extends VariantAttributes {
  readonly uri: string
}

/** EXT-X-MEDIA (4.4.6.1). */
export interface MediaRendition {
  readonly type: 'AUDIO' | 'VIDEO' | 'SUBTITLES' | 'CLOSED-CAPTIONS'
  readonly groupId: string
  readonly name: string
  readonly uri?: string
  readonly language?: string
  readonly assocLanguage?: string
  readonly isDefault: boolean
  readonly autoselect: boolean
  readonly forced?: boolean
  readonly instreamId?: string
  readonly characteristics?: readonly string[]
  /** `2`, `6`, `16/JOC`. */
  readonly channels?: string
  readonly stableRenditionId?: string
}
