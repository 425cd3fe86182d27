/** What plays and may be protected: a film or a channel. */

/** One of them. */
export interface Content {
  readonly what: What
  readonly id: string
}

/** As people call it. */
export type What = 'film' | 'channel'

/** First part of its content id, and of what holds for those without a policy. */
export const prefixes: Readonly<Record<What, 'vod' | 'live'>> = { film: 'vod', channel: 'live' }

/** Its content id, of sessions and tokens. */
export const contentIdOf = ({ what, id }: Content): string => `${prefixes[what]}/${id}`
