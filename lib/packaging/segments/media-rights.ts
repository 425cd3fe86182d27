/** What the packager must know of rights: how content may leave, and the keys it leaves with. */
import type { ContentId } from '../../timeline/ids.ts'
import type { KeySharing } from '../../timeline/key-label.ts'
import type { CencScheme } from '../../timeline/stored-protection.ts'

/** How protected content may leave. */
export interface MediaProtectionRule {
  readonly schemes: readonly CencScheme[]
  readonly sharing: KeySharing
  /** Media seconds of which segments that end by then leave in the clear, too. @default 0 */
  readonly clearLeadSeconds?: number
  /**
   * Where keys change within the media: the period in force at a media second, of those that follow `root`; undefined
   * where `root` is not the first of them. @default keys change in manifests alone
   */
  readonly inBand?: (root: number, atSeconds: number) => number | undefined
  /** Media seconds a key period covers; undefined for one whose keys are no longer given out. */
  readonly period: (index: number) => { readonly from: number; readonly to: number } | undefined
}

/** A content key, open. */
export interface MediaKey {
  /** 32 hex digits. */
  readonly kid: string
  /** 16 bytes. */
  readonly key: Uint8Array
  /** Constant IV of `cbcs`, 16 bytes. */
  readonly iv: Uint8Array
}

/** Whom the packager asks. */
export interface MediaRights {
  /** How a content leaves, as it was at most `oldestMs` ago; undefined where it does so in the clear. */
  of(contentId: ContentId, oldestMs?: number): Promise<MediaProtectionRule | undefined>
  /** The key made for tracks of a label in a period; throws KEY_UNKNOWN (404) where there is none. */
  key(name: {
    readonly contentId: ContentId
    readonly period: number
    readonly label: string
  }): Promise<MediaKey>
}
