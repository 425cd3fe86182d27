/** What the player page asks of a player, whichever it is. */
import type { Drm, DrmInUse } from './drm.ts'
import type { Format } from './manifests.ts'
import type { MenuKind, Menus } from './menus/menus.ts'

/** What a player is to play. */
export interface Stream {
  readonly url: string
  /** Absent for what is in the clear. */
  readonly drm?: Drm | undefined
}

/** A fault as the player words it. */
export interface PlayerFault {
  readonly fatal: boolean
  readonly text: string
}

/** A player at work on a video element. */
export interface Playing {
  readonly version: string
  /** Declared bits a second of what is being decoded. */
  bitrate(): number | undefined
  /** Undefined while it decrypts nothing. */
  drm(): DrmInUse | undefined
  /** Undefined while nothing is known of the film. */
  menus(): Menus | undefined
  choose(kind: MenuKind, id: string): void
  /** Ends when the video element is free for another. */
  close(): Promise<void>
}

/** Opens a stream on a video element; rejects where that is impossible. */
export type OpenPlayer = (
  video: HTMLVideoElement,
  stream: Stream,
  fault: (fault: PlayerFault) => void,
) => Promise<Playing>

/** A player and how it is loaded: only when it is shown. */
export interface PlayerKind {
  readonly name: string
  readonly formats: readonly [Format, ...Format[]]
  readonly load: () => Promise<{ readonly open: OpenPlayer }>
}
