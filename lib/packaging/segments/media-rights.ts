/** The packager's view of rights: how content may be delivered, and its keys. */
import type { ContentId } from '../../timeline/ids.ts'
import type { KeySharing } from '../../timeline/key-label.ts'
import type { CencScheme } from '../../timeline/stored-protection.ts'

/** The rules for delivering protected content. */
export interface MediaProtectionRule {
  readonly schemes: readonly CencScheme[]
  readonly sharing: KeySharing
  /** Media seconds of clear lead: segments that end by then may be delivered clear, too. @default 0 */
  readonly clearLeadSeconds?: number
  /**
   * With in-band key rotation: the period at a media second, among those that follow `root`; undefined if `root` is not
   * the first of them. @default keys change in manifests only
   */
  readonly inBand?: (root: number, atSeconds: number) => number | undefined
  /** Media seconds a key period covers; undefined if its keys are no longer issued. */
  readonly period: (index: number) => { readonly from: number; readonly to: number } | undefined
  /** The same of a period whose keys are issued for what is held of it alone. @default nothing is held */
  readonly held?: (index: number) => Promise<{ readonly from: number; readonly to: number } | undefined>
}

/** A decrypted content key. */
export interface MediaKey {
  /** 32 hex digits. */
  readonly kid: string
  /** 16 bytes. */
  readonly key: Uint8Array
  /** Constant IV of `cbcs`, 16 bytes. */
  readonly iv: Uint8Array
}

/** Access to rights. */
export interface MediaRights {
  /** The rule of a content, as of at most `oldestMs` ago; undefined if it is delivered clear. */
  of(contentId: ContentId, oldestMs?: number): Promise<MediaProtectionRule | undefined>
  /** The key for tracks of a label in a period; throws KEY_UNKNOWN (404) if there is none. */
  key(name: {
    readonly contentId: ContentId
    readonly period: number
    readonly label: string
  }): Promise<MediaKey>
}
