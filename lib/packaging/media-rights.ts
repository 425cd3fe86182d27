/** What the packager must know of rights: how content may leave, and the keys it leaves with. */
import type { KeySharing } from '../timeline/key-label.ts'
import type { CencScheme } from '../timeline/stored-protection.ts'

/** How protected content may leave. */
export interface MediaProtectionRule {
  readonly schemes: readonly CencScheme[]
  readonly sharing: KeySharing
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
  /** How a content leaves; undefined where it does so in the clear. */
  of(contentId: string): Promise<MediaProtectionRule | undefined>
  /** The key made for tracks of a label in a period; throws KEY_UNKNOWN (404) where there is none. */
  key(name: {
    readonly contentId: string
    readonly period: number
    readonly label: string
  }): Promise<MediaKey>
}
