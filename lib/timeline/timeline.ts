/**
 * What exists: a source's tracks, each a list of segments, and overlays of what is said about them.
 * A timeline knows no wire format, no cloud and no viewer. Its stored form is `stored.ts`.
 */

/** A count of a timescale's units; always a whole number. */
export type Ticks = number

/** The kind of thing a track carries. */
export type TrackType = 'video' | 'audio' | 'text' | 'image' | 'metadata'

/** Everything known about one version of one source. */
export interface Timeline {
  /** `vod/<assetId>`, `live/<channelId>`, `ads/<creativeId>`: the first word is the prefix of its URLs. */
  readonly id: string
  /** Names the content: another upload has another version, the same upload always the same one. */
  readonly version: string
  /** Units a second of everything that is not per track: clips, markers, anchors, programmes. */
  readonly timescale: number
  /** `open` grows (live); `closed` never changes again. */
  readonly state: 'open' | 'closed'
  /** Segments that start before this tick (of `timescale`) are final. */
  readonly sealedThrough: Ticks
  /** Media time to wall clock; the last one at or before a time holds. */
  readonly anchors: readonly Anchor[]
  readonly tracks: readonly Track[]
  /** Where the segments of a third party live; set when they are not ours to package. */
  readonly origin?: Origin
  readonly overlays: Overlays
}

/** Media time `at` was made at wall clock `epochMs`. */
export interface Anchor {
  readonly at: Ticks
  readonly epochMs: number
}

/** A third party's manifest read into a timeline: ours to print again, not to package. */
export interface Origin {
  readonly baseUrl: string
  /** Playlist-wide lines nobody here knows, kept in their order. */
  readonly tags: readonly string[]
}

/** One elementary stream. */
export interface Track {
  readonly id: string
  readonly type: TrackType
  /** Units a second of this track's segments. */
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
  /** What HLS counts of the first segment beyond its duration: sound that the edit list hides, and the time before a later beginning. */
  readonly hiddenTicks?: Ticks
  /** What of this track lies before `segments[0]`, so that any window's numbers are O(1). */
  readonly before: Before
  /** Id of the picture track whose key frames, and nothing else, this one shows, one a segment: for seeking. */
  readonly trickOf?: string
  /** Captions that lie inside the pictures. */
  readonly captions?: readonly CaptionService[]
}

/** A caption service of CTA-608 (`CC1`..`CC4`) or CTA-708 (`SERVICE1`..`SERVICE63`). */
export interface CaptionService {
  readonly id: string
  readonly language?: string
}

/** Bits a second over whole segments as delivered: the highest one and the mean. */
export interface Bandwidth {
  readonly peak: number
  readonly average: number
  /** What never lets a player starve that starts `startBufferSeconds` after its first byte, where that is above the peak. */
  readonly steady?: number
}

/** What players of DASH wait for before they start: less is a picture sooner, and a higher rate asked for. */
export const startBufferSeconds = 2

/** How many segments, and discontinuities in front of them, have gone by. */
export interface Counts {
  readonly segments: number
  readonly discontinuities: number
}

/** Nothing has gone by. */
export const noCounts: Counts = { segments: 0, discontinuities: 0 }

/** What lies in front of the segments at hand. */
export interface Before extends Counts {
  /** First segment of the unbroken run that `segments[0]` continues; absent where it opens one itself. */
  readonly run?: Pick<Segment, 'number' | 'cut' | 'start'>
}

/** Whether a segment goes on where the one before it ends, with nothing changed for a decoder. */
export const continues = (one: Segment, next: Segment): boolean =>
  !next.discontinuity &&
  next.start === one.start + one.duration &&
  next.configId === one.configId &&
  next.gap === one.gap

/** What a decoder must be told before the segments that name it: the init segment's contents. */
export interface TrackConfig {
  readonly id: string
  /** RFC 6381. */
  readonly codec: string
  readonly width?: number
  readonly height?: number
  /** Pixel aspect ratio `[h, v]`, absent where square. */
  readonly pixelAspect?: readonly [number, number]
  /** Frames a second as a fraction. */
  readonly frameRate?: readonly [number, number]
  readonly videoRange?: 'SDR' | 'HLG' | 'PQ'
  /** Pictures may be coded as fields. */
  readonly interlaced?: true
  /** Code points of ISO/IEC 23091-2, where the bitstream or its file says them. */
  readonly colour?: Colour
  /** What also plays it, better, with its brand (RFC 8216bis SUPPLEMENTAL-CODECS): `dvh1.08.07/db4h`. */
  readonly supplementalCodec?: string
  /** How segments start: 2 where leading pictures follow the first one, 3 where those need the segment before. */
  readonly sap?: 2 | 3
  readonly sampleRate?: number
  /** Frames of sound a second, where they are shorter than 960 samples. */
  readonly framesASecond?: number
  readonly channels?: number
  /** Where channels are heard: ChannelConfiguration of ISO/IEC 23091-3, 0 where none fits; absent where it is the usual one. */
  readonly channelLayout?: number
  /** The same as Dolby's codecs count them: bits of `chanmap` (ETSI TS 102 366 E.1.3.1.8). */
  readonly dolbyChannels?: number
  /** E-AC-3 with Dolby Atmos: its complexity index, the number of objects (ETSI TS 103 420 8.3.2). */
  readonly jointObjects?: number
}

/** How colours are coded: the numbers of ISO/IEC 23091-2. */
export interface Colour {
  readonly primaries: number
  readonly transfer: number
  readonly matrix: number
  readonly fullRange: boolean
}

/** The smallest thing a player asks for. Identity: timeline, version, track, `number`, `cut`. */
export interface Segment {
  /** Grows by at least one; never an index into a list. */
  readonly number: number
  /** 0 for the whole segment, else which re-cut part of it this is. */
  readonly cut: number
  /** Presentation time in the track's timescale, edits applied. */
  readonly start: Ticks
  readonly duration: Ticks
  /** Length of the clear segment as delivered. */
  readonly bytes: number
  readonly configId: string
  /** Starts with a picture that needs no other. */
  readonly sync: boolean
  /** `missing`: nothing to fetch. `filled`: was missing when first published, is there now. */
  readonly gap: 'none' | 'missing' | 'filled'
  /** Timestamps or encoding jump in front of it. */
  readonly discontinuity: boolean
  /** Lines of a third party's manifest that belong to this segment, kept as they were. */
  readonly tags?: readonly string[]
  /** The third party's URI, resolved against `Origin.baseUrl`. */
  readonly uri?: string
}

/** What is said about a timeline and may be said anew without touching its segments. */
export interface Overlays {
  readonly markers: Overlay<Marker>
  readonly keyPeriods: Overlay<KeyPeriod>
  readonly programmes: Overlay<Programme>
}

/** A revisioned list: a higher revision replaces a lower one whole. */
export interface Overlay<Entry> {
  readonly revision: number
  readonly entries: readonly Entry[]
}

/** A cue: where something may or must happen. */
export interface Marker {
  readonly id: string
  readonly at: Ticks
  readonly duration?: Ticks
  readonly kind: 'break' | 'programme' | 'chapter' | 'other'
  /** The whole splice_info_section, base64, where a cue brought it. */
  readonly scte35?: string
}

/** From `from` on, and until the next period, segments are protected by these keys. */
export interface KeyPeriod {
  readonly index: number
  readonly from: Ticks
  readonly keys: readonly KeyFacts[]
}

/** What a manifest may say of a key; never the key itself. */
export interface KeyFacts {
  /** Which tracks it covers: `ALL`, `VIDEO`, `AUDIO`, `SD`, `HD`, `UHD`. */
  readonly label: string
  /** 32 hex digits, lower case. */
  readonly kid: string
  /** 32 hex digits, lower case; constant IV where the scheme has one. */
  readonly iv?: string
  readonly systems: readonly KeySystem[]
}

/** One DRM system's signalling of a key. */
export interface KeySystem {
  /** UUID with dashes, lower case. */
  readonly systemId: string
  /** Whole pssh box, base64. */
  readonly pssh?: string
  /** PlayReady's object, base64. */
  readonly pro?: string
  readonly licenceUrl?: string
  /** Least robustness, in the system's words. */
  readonly robustness?: string
  readonly hls?: { readonly uri: string; readonly keyFormat: string; readonly keyFormatVersions: string }
}

/** What was on. */
export interface Programme {
  readonly id: string
  readonly from: Ticks
  readonly to: Ticks
  readonly title: string
}

/** No overlay said anything yet. */
export const noOverlays: Overlays = {
  markers: { revision: 0, entries: [] },
  keyPeriods: { revision: 0, entries: [] },
  programmes: { revision: 0, entries: [] },
}
