/** What a CPIX document says (DASH-IF CPIX 2.3, 2.3.1, 2.4): plain facts, kids and system ids in lower case. */

/** The document. Lists are in the order written and empty where there are none. */
export interface Cpix {
  readonly id?: string
  readonly contentId?: string
  readonly name?: string
  /** `2.3`, `2.3.1`, `2.4`; documents of SPEKE 1 have none. */
  readonly version?: string
  readonly deliveries: readonly DeliveryData[]
  readonly keys: readonly ContentKey[]
  readonly systems: readonly DrmSystem[]
  readonly periods: readonly KeyPeriod[]
  readonly rules: readonly UsageRule[]
  readonly history: readonly HistoryItem[]
}

/** A content key; without `secret` the document asks for it. */
export interface ContentKey {
  readonly id?: string
  readonly kid: string
  readonly explicitIV?: Uint8Array
  /** The root key of a hierarchy. */
  readonly dependsOnKey?: string
  /** `cenc`, `cbcs`, …; from 2.4 also METHODs of HLS. */
  readonly commonEncryptionScheme?: string
  readonly contentId?: string
  readonly hdcp?: HdcpData
  readonly secret?: Secret
}

/** A key, clear or encrypted. */
export interface Secret {
  readonly plain?: Uint8Array
  readonly encrypted?: EncryptedValue
  /** HMAC over the bytes of the cipher value, initialization vector included. */
  readonly mac?: Uint8Array
}

/** XML Encryption's EncryptedData, as far as CPIX uses it. */
export interface EncryptedValue {
  /** URI of the EncryptionMethod. */
  readonly algorithm: string
  readonly cipher: Uint8Array
}

/** Output protection of a key (2.4). */
export interface HdcpData {
  readonly hlsHdcpLevel?: string
  /** Base64 of a fragment for a DASH manifest. */
  readonly outputProtection?: string
}

/** One recipient of encrypted keys. */
export interface DeliveryData {
  readonly id?: string
  readonly name?: string
  /** DER of the X.509 certificates of its key, mostly one. */
  readonly certificates: readonly Uint8Array[]
  readonly documentKeys: readonly DocumentKey[]
  readonly macMethod?: MacMethod
  readonly description?: string
  readonly sendingEntity?: string
  readonly senderPointOfContact?: string
  readonly receivingEntity?: string
}

/** The key that encrypts content keys, itself encrypted to a recipient. */
export interface DocumentKey {
  readonly id?: string
  /** The one content key it encrypts (2.4); without it all. */
  readonly encryptsKey?: string
  /** URI of the method for content keys (up to 2.3.1). */
  readonly algorithm?: string
  readonly secret?: Secret
}

/** How content keys are authenticated. */
export interface MacMethod {
  readonly algorithm: string
  readonly key?: EncryptedValue
}

/**
 * What one DRM system needs for one key. Values are base64 as they stand; an empty one means that the element is
 * there and asks to be filled.
 */
export interface DrmSystem {
  readonly id?: string
  readonly systemId: string
  readonly kid: string
  readonly name?: string
  readonly hlsAllowedCpc?: string
  readonly pssh?: string
  readonly contentProtection?: string
  readonly robustness?: string
  readonly hls: readonly HlsSignaling[]
  readonly smooth?: string
  readonly hds?: string
  readonly uriExtXKey?: string
  /** SPEKE 1's own elements. */
  readonly keyFormat?: string
  readonly keyFormatVersions?: string
  readonly protectionHeader?: string
}

/** Lines for an HLS playlist, base64. `playlist` is `media`, `master` up to 2.3.1, `multiVariant` from 2.4. */
export interface HlsSignaling {
  readonly playlist?: string
  readonly allowedCpc?: string
  readonly value: string
}

/** A key period: by index, by wall clock, or by offset. Times and durations as they stand. */
export interface KeyPeriod {
  readonly id?: string
  /** Counts on for ever; what wraps at 2^32 is the DRM system's crypto period. */
  readonly index?: number
  readonly label?: string
  readonly start?: string
  readonly end?: string
  readonly startOffset?: string
  readonly endOffset?: string
  readonly duration?: string
}

/** Which tracks a key is for. */
export interface UsageRule {
  readonly id?: string
  readonly kid: string
  readonly intendedTrackType?: string
  /** Ids of periods. */
  readonly periodIds: readonly string[]
  readonly labels: readonly string[]
  readonly video: readonly VideoFilter[]
  readonly audio: readonly AudioFilter[]
  readonly bitrate: readonly BitrateFilter[]
  /** Names of filters nobody here knows: a rule with one can't be used (CPIX 2.3 4.4.4). */
  readonly unknown: readonly string[]
}

/** Pixels from `minPixels` to `maxPixels`, both in; frames a second above `minFps`, up to `maxFps`. */
export interface VideoFilter {
  readonly minPixels?: number
  readonly maxPixels?: number
  readonly hdr?: boolean
  readonly wcg?: boolean
  readonly minFps?: number
  readonly maxFps?: number
}

/** Channels, both bounds in. */
export interface AudioFilter {
  readonly minChannels?: number
  readonly maxChannels?: number
}

/** Nominal bits a second, both bounds in. */
export interface BitrateFilter {
  readonly minBitrate?: number
  readonly maxBitrate?: number
}

/** An entry of the document's history. */
export interface HistoryItem {
  readonly id?: string
  readonly updateVersion: number
  readonly index: string
  readonly source: string
  readonly date: string
}
