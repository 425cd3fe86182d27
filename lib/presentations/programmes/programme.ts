/** Programmes of channels: what is on from when to when. Each is shown as a film, the presentation of its name. */
import type { Breaks } from '../stored.ts'

/** A programme of a channel. */
export interface Programme {
  readonly channelId: string
  /** Of the channel's programmes; without a dot. */
  readonly id: string
  readonly title?: string | undefined
  /** ISO 8601, in UTC. */
  readonly from: string
  readonly to: string
  readonly breaks: Breaks
  /** Assets in the place of each break. */
  readonly replacements: readonly string[]
  /** ISO 8601, in UTC: its film plays until then, however short its channel's window is. */
  readonly keepUntil?: string | undefined
}

/** Without dots, so that the id of its film says where that of its channel ends. */
export const programmeIdForm = /^[A-Za-z0-9_-]{1,64}$/
/** The expected form, for error messages. */
export const programmeIdWanted = 'expected 1 to 64 of A-Z a-z 0-9 _ -'

/** Content id of the film of a programme. */
export const filmOf = ({ channelId, id }: Pick<Programme, 'channelId' | 'id'>): string =>
  `presentations/${channelId}.${id}`

/** How far it is. */
export const stateAt = ({ from, to }: Pick<Programme, 'from' | 'to'>, nowMs: number) =>
  nowMs < Date.parse(from) ? 'planned' : nowMs < Date.parse(to) ? 'running' : 'over'
