/** The data model of our MPDs (ISO/IEC 23009-1), printed by `print-mpd.ts`. */

/** An MPD (5.3.1). Times are seconds, wall clocks milliseconds since 1970. */
export interface Mpd {
  /** The same in each MPD that updates another; patches name it. */
  readonly id?: string
  readonly type: 'static' | 'dynamic'
  readonly profiles: readonly string[]
  readonly minBufferSeconds: number
  /** Static only. */
  readonly durationSeconds?: number
  readonly availabilityStartMs?: number
  readonly publishMs?: number
  readonly minimumUpdateSeconds?: number
  readonly timeShiftBufferSeconds?: number
  readonly suggestedDelaySeconds?: number
  readonly maxSegmentSeconds?: number
  readonly utcTimings?: readonly Descriptor[]
  readonly baseUrls?: readonly string[]
  /** Where later MPDs are, if not where this one was (Location, 5.3.1.2). */
  readonly updateUrl?: string
  /** Where the patch to the MPD of that time is (5.15). */
  readonly patchUrl?: string
  readonly title?: string
  readonly periods: readonly Period[]
}

/** One Period (5.3.2). */
export interface Period {
  readonly id: string
  readonly startSeconds: number
  readonly durationSeconds?: number
  readonly adaptationSets: readonly AdaptationSet[]
  readonly eventStreams?: readonly EventStream[]
  readonly assetIdentifier?: Descriptor
  readonly supplemental?: readonly Descriptor[]
}

/** A set of interchangeable qualities (5.3.3). */
export interface AdaptationSet {
  readonly id: number
  readonly contentType: 'video' | 'audio' | 'text' | 'image'
  readonly mimeType: string
  readonly language?: string
  readonly label?: string
  readonly segmentAlignment: boolean
  /** SAP type every segment starts with; 1 or 2. */
  readonly startWithSap?: number
  readonly pixelAspect?: string
  readonly selectionPriority?: number
  readonly roles: readonly Descriptor[]
  readonly accessibilities?: readonly Descriptor[]
  readonly essential?: readonly Descriptor[]
  readonly supplemental?: readonly Descriptor[]
  readonly inbandEvents?: readonly Descriptor[]
  readonly protections?: readonly ContentProtection[]
  readonly outputProtection?: Descriptor
  readonly representations: readonly Representation[]
}

/** One quality (5.3.5). */
export interface Representation {
  readonly id: string
  /** Bits a second. */
  readonly bandwidth: number
  readonly codecs?: string
  readonly width?: number
  readonly height?: number
  /** Sample aspect ratio `1:1`. */
  readonly sar?: string
  readonly frameRate?: readonly [number, number]
  readonly audioSamplingRate?: number
  readonly scanType?: 'interlaced'
  /** An enhanced codec for the same stream, and its profile (SCTE 214-1 6.2). */
  readonly supplementalCodecs?: string
  readonly supplementalProfiles?: string
  /** Several descriptors express the same in different schemes. */
  readonly audioChannels?: readonly Descriptor[]
  readonly supplemental?: readonly Descriptor[]
  /** The highest speed at which the same decoder can play it; 1 if absent. */
  readonly maxPlayoutRate?: number
  /** False if every frame decodes independently. */
  readonly codingDependency?: boolean
  /** Exactly one of the two addresses the segments. */
  readonly template?: SegmentTemplate
  readonly list?: SegmentList
}

/** SegmentList with a SegmentTimeline (5.3.9.3): for segments that no template can name. */
export interface SegmentList {
  readonly timescale: number
  readonly presentationTimeOffset: number
  readonly initialization?: string
  /** As many as `segments`, in order. */
  readonly media: readonly string[]
  readonly segments: readonly TimelineSegment[]
}

/** SegmentTemplate with a SegmentTimeline (5.3.9.4, 5.3.9.6). */
export interface SegmentTemplate {
  readonly timescale: number
  readonly presentationTimeOffset: number
  /** Absent where `media` names times. */
  readonly startNumber?: number
  /** Holds `$Number$` or `$Time$`. */
  readonly media: string
  readonly initialization?: string
  /** In order; equal neighbours are joined by the printer (`@r`). */
  readonly segments: readonly TimelineSegment[]
}

/** One S element before runs are joined: ticks of the template's timescale. */
export interface TimelineSegment {
  readonly start: number
  readonly duration: number
}

/** A descriptor: Role, Accessibility, UTCTiming, EssentialProperty … (5.8.2). */
export interface Descriptor {
  readonly schemeIdUri: string
  readonly value?: string
  readonly id?: string
}

/** ContentProtection (5.8.4.1) with the child elements DRM clients look for. */
export interface ContentProtection extends Descriptor {
  /** UUID with dashes; on the mp4protection descriptor. */
  readonly defaultKid?: string
  readonly robustness?: string
  /** Whole pssh box, base64. */
  readonly pssh?: string
  /** PlayReady object, base64. */
  readonly pro?: string
  readonly licenceUrl?: string
}

/** EventStream (5.10.2). */
export interface EventStream {
  readonly schemeIdUri: string
  readonly value?: string
  readonly timescale: number
  readonly presentationTimeOffset?: number
  readonly events: readonly DashEvent[]
}

/** One Event: `xml` is an unmodified child element (a `scte35:Signal`, say), `messageData` its text form. */
export interface DashEvent {
  readonly id: number
  readonly presentationTime: number
  readonly duration?: number
  readonly messageData?: string
  readonly xml?: string
}
