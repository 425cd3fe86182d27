/** A channel as its operator describes it. */

/** What an operator says of a channel. */
export interface ChannelSettings {
  readonly name?: string | undefined
  /** How long the encoder's segments are meant to last; none is longer than this, rounded up, and a half. */
  readonly segmentSeconds: number
  /** How far back viewers may go. */
  readonly windowSeconds: number
  /** Folders of redundant pipelines: what has the same name in each is of one stream. */
  readonly pipelines?: readonly string[] | undefined
  /** How playlists tell of breaks. @default daterange */
  readonly adMarkers?: AdMarkers | undefined
  /** Whether playlists that have begun may be reloaded without their oldest segments. @default true */
  readonly deltaUpdates?: boolean | undefined
  /** How far behind live players are asked to play; more than a player needs at least. @default as little as it needs */
  readonly latencySeconds?: number | undefined
  /** Nothing of its feed is taken; what is there is shown as ever. @default false */
  readonly stopped?: boolean | undefined
}

/** `cue-out`: Elemental's tags alone; `both`: beside EXT-X-DATERANGE. */
export type AdMarkers = (typeof adMarkers)[number]

/** All ways, the default first. */
export const adMarkers = ['daterange', 'cue-out', 'both'] as const

/** A stored channel. */
export interface Channel extends ChannelSettings {
  readonly id: string
  /** Increases with each change. */
  readonly revision: number
  readonly updatedAtMs: number
}

/** What holds where an operator says nothing: segments of 6 s, and two days. */
export const channelDefaults: ChannelSettings = { segmentSeconds: 6, windowSeconds: 48 * 3600 }

/** The channel after an operator's change. */
export const changed = (
  before: Channel | undefined,
  { id, nowMs, ...settings }: ChannelSettings & { readonly id: string; readonly nowMs: number },
): Channel => ({ ...settings, id, revision: (before?.revision ?? 0) + 1, updatedAtMs: nowMs })
