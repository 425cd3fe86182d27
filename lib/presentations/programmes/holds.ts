/** Holds that programmes place on their channels: what of them is kept for longer than the window. */

/** A range of a channel; times in milliseconds since 1970. */
export interface HeldRange {
  /** `live/<channelId>`. */
  readonly content: string
  readonly fromMs: number
  readonly toMs: number
}

/** A hold of a programme. */
export interface ProgrammeHold extends HeldRange {
  /** Within its channel: `programmes/evening`. */
  readonly id: string
  /** Of the channel's life. */
  readonly version: string
  readonly untilMs: number
  /** Of the channel's longest segment: one belongs to the key period in which its middle lies. */
  readonly targetSeconds: number
}

/** Places and lifts them. */
export interface HoldPorts {
  /** In the place of one of that id with other times. */
  place(hold: ProgrammeHold, before?: HeldRange): Promise<void>
  lift(hold: HeldRange & Pick<ProgrammeHold, 'id'>): Promise<void>
}
