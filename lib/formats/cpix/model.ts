/** The data of a CPIX document (DASH-IF CPIX 2.3, 2.3.1, 2.4): kids and system ids are in lower case. */

/** The document. Lists are in document order, and empty if absent. */
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

/** A content key; without `secret` the document requests it. */
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

/** A recipient of encrypted keys. */
export interface DeliveryData {
  readonly id?: string
  readonly name?: string
  /** DER of the X.509 certificates of its key, usually one. */
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
  /** The only content key it encrypts (2.4); if absent, it encrypts all. */
  readonly encryptsKey?: string
  /** URI of the method for content keys (up to 2.3.1). */
  readonly algorithm?: string
  readonly secret?: Secret
}

/** The method that authenticates content keys. */
export interface MacMethod {
  readonly algorithm: string
  readonly key?: EncryptedValue
}

/**
 * The signalling of a DRM system for a key. Values are unmodified base64; an empty one means that the element is
 * present and requests a value.
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

/** A key period: by index, wall clock or offset. Times and durations are unparsed. */
export interface KeyPeriod {
  readonly id?: string
  /** Never wraps; the number that wraps at 2^32 is the DRM system's crypto period. */
  readonly index?: number
  readonly label?: string
  readonly start?: string
  readonly end?: string
  readonly startOffset?: string
  readonly endOffset?: string
  readonly duration?: string
}

/** The tracks a key is for. */
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
  /** Names of unknown filters: a rule with one can't be used (CPIX 2.3 4.4.4). */
  readonly unknown: readonly string[]
}

/** Pixels from `minPixels` to `maxPixels`, inclusive; frames a second above `minFps`, up to and including `maxFps`. */
export interface VideoFilter {
  readonly minPixels?: number
  readonly maxPixels?: number
  readonly hdr?: boolean
  readonly wcg?: boolean
  readonly minFps?: number
  readonly maxFps?: number
}

/** Channels, both bounds inclusive. */
export interface AudioFilter {
  readonly minChannels?: number
  readonly maxChannels?: number
}

/** Nominal bits a second, both bounds inclusive. */
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
