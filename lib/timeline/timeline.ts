/**
 * A source's tracks, each a list of segments, and overlays with facts about them. Independent of wire formats, cloud
 * and viewers. Its stored form is `stored.ts`.
 */

/** A count of a timescale's units; always a whole number. */
export type Ticks = number

/** The media type of a track. */
export type TrackType = 'video' | 'audio' | 'text' | 'image' | 'metadata'

/** One version of one source, as far as it is known. */
export interface Timeline {
  /** `vod/<assetId>`, `live/<channelId>`, `ads/<creativeId>`: the first word is the prefix of its URLs. */
  readonly id: string
  /** Identifies the content: the same upload always has the same version, another upload another one. */
  readonly version: string
  /** Units per second of everything that is not per track: clips, markers, anchors, programmes. */
  readonly timescale: number
  /** `open` grows (live); `closed` never changes again. */
  readonly state: 'open' | 'closed'
  /** Segments that start before this tick (of `timescale`) are final. */
  readonly sealedThrough: Ticks
  /** Maps media time to wall clock; the last one at or before a time applies. */
  readonly anchors: readonly Anchor[]
  readonly tracks: readonly Track[]
  /** Location of a third party's segments; set if headend does not package them. */
  readonly origin?: Origin
  readonly overlays: Overlays
}

/** Media time `at` was produced at wall clock `epochMs`. */
export interface Anchor {
  readonly at: Ticks
  readonly epochMs: number
}

/** A third party's manifest parsed into a timeline: headend rewrites the manifest but does not package the media. */
export interface Origin {
  readonly baseUrl: string
  /** Unknown playlist-wide lines, kept in order. */
  readonly tags: readonly string[]
}

/** One elementary stream. */
export interface Track {
  readonly id: string
  readonly type: TrackType
  /** Units per second of this track's segments. */
  readonly timescale: number
  readonly language?: string
  readonly name?: string
  /** DASH roles (`main`, `alternate`, `commentary`, `dub`, `description`, `caption`). */
  readonly roles: readonly string[]
  readonly bandwidth: Bandwidth
  readonly configs: readonly TrackConfig[]
  /** A third party's init segments: config id to URI, resolved against `Origin.baseUrl`. */
  readonly inits?: Readonly<Record<string, string>>
  readonly segments: readonly Segment[]
  /** Extra duration of the first segment in HLS: audio hidden by the edit list, and the time before a later start. */
  readonly hiddenTicks?: Ticks
  /** Counts before `segments[0]`, so that the numbers of any window are O(1). */
  readonly before: Before
  /** Id of the video track whose key frames, and nothing else, this one shows, one per segment: for trick play. */
  readonly trickOf?: string
  /** Kinds of events that come within its segments (`emsg`). */
  readonly inbandEvents?: readonly InbandEvents[]
  /** In-band captions. */
  readonly captions?: readonly CaptionService[]
}

/** A kind of events: the identifier of its scheme, and a value that the scheme defines. */
export interface InbandEvents {
  readonly schemeIdUri: string
  readonly value?: string
}

/** A caption service of CTA-608 (`CC1`..`CC4`) or CTA-708 (`SERVICE1`..`SERVICE63`). */
export interface CaptionService {
  readonly id: string
  readonly language?: string
}

/** Bits per second of whole segments as delivered: the maximum and the mean. */
export interface Bandwidth {
  readonly peak: number
  readonly average: number
  /** The rate that never stalls a player that starts `startBufferSeconds` after its first byte, if above the peak. */
  readonly steady?: number
}

/** Seconds DASH players buffer before they start: less starts sooner, but requires a higher rate. */
export const startBufferSeconds = 2

/** Number of segments that have passed, and of the discontinuities before them. */
export interface Counts {
  readonly segments: number
  readonly discontinuities: number
}

/** Counts of a beginning. */
export const noCounts: Counts = { segments: 0, discontinuities: 0 }

/** The segments before those loaded. */
export interface Before extends Counts {
  /** First segment of the continuous run that `segments[0]` continues; absent if it starts one itself. */
  readonly run?: Pick<Segment, 'number' | 'cut' | 'start'>
}

/** Whether a segment continues the previous one without a change for the decoder. */
export const continues = (one: Segment, next: Segment): boolean =>
  !next.discontinuity &&
  next.start === one.start + one.duration &&
  next.configId === one.configId &&
  next.gap === one.gap

/** Decoder configuration of the segments that name it: the contents of the init segment. */
export interface TrackConfig {
  readonly id: string
  /** RFC 6381. */
  readonly codec: string
  readonly width?: number
  readonly height?: number
  /** Pixel aspect ratio `[h, v]`, absent if square. */
  readonly pixelAspect?: readonly [number, number]
  /** Frames per second as a fraction. */
  readonly frameRate?: readonly [number, number]
  readonly videoRange?: 'SDR' | 'HLG' | 'PQ'
  /** Frames may be coded as fields. */
  readonly interlaced?: true
  /** Code points of ISO/IEC 23091-2, if stated by the bitstream or its file. */
  readonly colour?: Colour
  /** A better codec that can also decode it, with its brand (RFC 8216bis SUPPLEMENTAL-CODECS): `dvh1.08.07/db4h`. */
  readonly supplementalCodec?: string
  /** SAP type of segments: 2 if leading pictures follow the first one, 3 if those need the previous segment. */
  readonly sap?: 2 | 3
  readonly sampleRate?: number
  /** Audio frames per second, if shorter than 960 samples. */
  readonly framesASecond?: number
  readonly channels?: number
  /** Channel layout: ChannelConfiguration of ISO/IEC 23091-3, 0 if none fits; absent if it is the usual one. */
  readonly channelLayout?: number
  /** The same in Dolby's codecs: bits of `chanmap` (ETSI TS 102 366 E.1.3.1.8). */
  readonly dolbyChannels?: number
  /** E-AC-3 with Dolby Atmos: its complexity index, the number of objects (ETSI TS 103 420 8.3.2). */
  readonly jointObjects?: number
}

/** Colour coding: the numbers of ISO/IEC 23091-2. */
export interface Colour {
  readonly primaries: number
  readonly transfer: number
  readonly matrix: number
  readonly fullRange: boolean
}

/** The smallest unit a player requests. Identity: timeline, version, track, `number`, `cut`. */
export interface Segment {
  /** Increases by at least one; never an index into a list. */
  readonly number: number
  /** 0 for the whole segment, else the number of the re-cut part. */
  readonly cut: number
  /** Presentation time in the track's timescale, edits applied. */
  readonly start: Ticks
  readonly duration: Ticks
  /** Only what begins so many ticks from its start is shown: its own media, and not all of it. */
  readonly firstTicks?: Ticks
  /** Length of the clear segment as delivered. */
  readonly bytes: number
  readonly configId: string
  /** Starts with a key frame. */
  readonly sync: boolean
  /** `missing`: nothing to fetch. `filled`: was missing when first published, is available now. */
  readonly gap: 'none' | 'missing' | 'filled'
  /** Timestamps or encoding change before it. */
  readonly discontinuity: boolean
  /** Lines of a third party's manifest that belong to this segment, verbatim. */
  readonly tags?: readonly string[]
  /** The third party's URI, resolved against `Origin.baseUrl`. */
  readonly uri?: string
}

/** Facts about a timeline that may change without touching its segments. */
export interface Overlays {
  readonly markers: Overlay<Marker>
  readonly keyPeriods: Overlay<KeyPeriod>
  readonly programmes: Overlay<Programme>
}

/** A revisioned list: a higher revision replaces a lower one as a whole. */
export interface Overlay<Entry> {
  readonly revision: number
  readonly entries: readonly Entry[]
}

/** A point at which something may or must happen, such as an ad break. */
export interface Marker {
  readonly id: string
  readonly at: Ticks
  /** Absent as long as it has not ended. */
  readonly duration?: Ticks
  /** The duration that was announced. */
  readonly planned?: Ticks
  readonly kind: 'break' | 'programme' | 'chapter' | 'other'
  /** The whole splice_info_section, base64, if the marker came from one. */
  readonly scte35?: string
  /** The one that ended it, if there was one. */
  readonly endScte35?: string
}

/** Keys that protect segments from `from` until the next period. */
export interface KeyPeriod {
  readonly index: number
  readonly from: Ticks
  /** Media seconds of its first segment, where that is not among those at hand. */
  readonly beganSeconds?: number
  readonly keys: readonly KeyFacts[]
}

/** Facts of a key that a manifest may state; never the key itself. */
export interface KeyFacts {
  /** The tracks it covers: `ALL`, `VIDEO`, `AUDIO`, `SD`, `HD`, `UHD`. */
  readonly label: string
  /** 32 hex digits, lower case. */
  readonly kid: string
  /** 32 hex digits, lower case; constant IV, if the scheme has one. */
  readonly iv?: string
  readonly systems: readonly KeySystem[]
}

/** One DRM system's signalling of a key. */
export interface KeySystem {
  /** UUID with dashes, lower case. */
  readonly systemId: string
  /** Whole pssh box, base64. */
  readonly pssh?: string
  /** PlayReady Object, base64. */
  readonly pro?: string
  readonly licenceUrl?: string
  /** Minimum robustness, in the system's terms. */
  readonly robustness?: string
  readonly hls?: { readonly uri: string; readonly keyFormat: string; readonly keyFormatVersions: string }
}

/** A programme of the schedule. */
export interface Programme {
  readonly id: string
  readonly from: Ticks
  readonly to: Ticks
  readonly title: string
}

/** Empty overlays. */
export const noOverlays: Overlays = {
  markers: { revision: 0, entries: [] },
  keyPeriods: { revision: 0, entries: [] },
  programmes: { revision: 0, entries: [] },
}
