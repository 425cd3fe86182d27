/** What ingest of channels works with. */

import type { FeedMemory } from '../../packaging/index.ts'
import type { Pauses } from '../../platform/retry.ts'
import type { HourToArchive } from '../archive/hours.ts'
import type { Channel } from '../channel.ts'
import type { LiveReads, LiveWrites } from '../live/store.ts'
import type { Hole } from './missed.ts'

/** An object as it was written, or the one that had been written before it. */
export interface StoredObject {
  /** Facts of the segment that is in it. */
  readonly facts: Readonly<Record<string, string>>
}

/** Bytes of a version of an upload, or of the present one; undefined if it is gone. */
export type ReadUpload = (key: string, versionId: string | undefined) => Promise<Uint8Array | undefined>

/** Stores and clock. */
export interface FeedPorts {
  readonly live: LiveReads & LiveWrites
  /** The channel; undefined if there is none. */
  channel(id: string): Promise<Channel | undefined>
  /** Bytes of an object in the media bucket; undefined if there is none. */
  object(key: string): Promise<Uint8Array | undefined>
  /**
   * Writes an object unless there is one: what was published is never replaced. Says the facts of what is there.
   * `keepDays`: when the bucket lets go of it. @default never
   */
  putOnce(
    key: string,
    bytes: Uint8Array,
    facts: StoredObject['facts'],
    keepDays?: number,
  ): Promise<StoredObject>
  /** Facts of an object in the media bucket; undefined if there is none. */
  facts(key: string): Promise<StoredObject['facts'] | undefined>
  /** Asks for the archive of an hour whose page is written. */
  archive(hour: HourToArchive): Promise<void>
  /**
   * Reads what may have come without being told of: an upload that was written since then, in epoch milliseconds.
   * @default nothing is looked for
   */
  readonly untold?: (key: string, sinceMs: number) => Promise<Uint8Array | undefined>
  /** Says `postponed` in place of waiting for other objects, and takes nothing then. @default it waits */
  readonly postpones?: boolean
  /** Where transport streams are taken apart and segments are written; who lends it resets it. @default fresh memory */
  readonly memory?: FeedMemory
  /** Random bytes. */
  readonly randomBytes: (length: number) => Uint8Array
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Between tries of a write that others were first with. @default real ones */
  readonly pauses?: Pauses
}

/** An object of a feed. */
export interface FeedObject {
  readonly channelId: string
  /** What stands behind `live/<channelId>/`. */
  readonly path: string
  readonly bytes: Uint8Array
  /** Wall clock at which its encoder wrote it. */
  readonly writtenMs: number
}

/** What became of an object, or of one track of it. */
export type Outcome =
  | { readonly kind: 'init' }
  | {
      readonly kind: 'recorded' | 'known'
      readonly trackId: string
      readonly start: number
      /** What is there at this time is set up otherwise. */
      readonly isOther?: true
      /** What is there is of another run of an encoder; whether that has more behind it. */
      readonly otherRun?: { readonly goesOn: boolean }
      /** What is missing before it, when it is time to look for it. */
      readonly hole?: Hole
    }
  /** An object that lay in the bucket though nothing had told of it was taken, too. */
  | { readonly kind: 'untold'; readonly path: string }
  /** It can not be part of the channel, whenever it is tried again. */
  | { readonly kind: 'passed over'; readonly why: string }
  /** It must wait for others, which whoever brought it can not: it is taken from the queue. */
  | { readonly kind: 'postponed' }
  /** Neither CMAF, fragmented MP4, a transport stream nor WebVTT. */
  | { readonly kind: 'other form' }
  /** A cue, at seconds since 1970. */
  | { readonly kind: 'cue'; readonly atSeconds: number; readonly isNew: boolean }
  /** Part of it is lost; the rest was taken. */
  | { readonly kind: 'damaged'; readonly code: string; readonly why: string; readonly times?: number }
  /** A track of it ends at a time of its encoder's clock that nothing goes on from, before or behind: it is dropped. */
  | { readonly kind: 'outlying'; readonly part: string; readonly endSeconds: number }
  /** Its init segment has not come yet: try again. */
  | { readonly kind: 'waits' }
