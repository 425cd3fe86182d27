/**
 * Who publishes takes turns: a policy, a row of the index and a mark at the edge are three stores, and two who write
 * them at once would leave one's policy beside the other's mark.
 */

import { HeadendError } from '../../errors.ts'
import { again, type Pauses, untilDone } from '../../platform/retry.ts'
import type { ContentId } from '../../timeline/ids.ts'

/** A turn that was taken. */
export interface TakenTurn {
  /** Somebody before did not come to an end: what is known may be half of one state and half of another. */
  readonly isUnfinished: boolean
}

/** Turns as they are written down, one for a content. */
export interface TurnStore {
  /** Undefined while another has it. Asked again by the same `owner` it is the same turn. */
  take(contentId: ContentId, owner: string): Promise<TakenTurn | undefined>
  /** Has it longer; false where another took it over. */
  keep(contentId: ContentId, owner: string): Promise<boolean>
  finish(contentId: ContentId, owner: string): Promise<void>
  /** Gives it up unfinished, for whoever comes next. */
  leave(contentId: ContentId, owner: string): Promise<void>
  /** Contents whose turn ended without having been finished. */
  unfinished(): Promise<string[]>
}

/** A turn as who has it works with it. */
export interface Turn extends TakenTurn {
  /** Set while what is known may be half of one state and half of another: who comes next then finishes it. */
  isHalf: boolean
  /** Throws PROTECTION_BUSY where another took it over: what is in the clear must not be opened by who was too slow. */
  keep(): Promise<void>
}

/** What taking turns needs. */
export interface Turns {
  readonly store: TurnStore
  /** A name nobody else has. */
  readonly owner: () => string
  /** How often one asks for the turn; each waits up to 800 ms. @default 40 */
  readonly maxTries?: number
  readonly pauses?: Pauses
}

/** Works in a content's turn; throws PROTECTION_BUSY (503), and nothing was done, where others have it too long. */
export async function inTurn<Result>(
  { store, owner: newOwner, maxTries: most = 40, pauses }: Turns,
  contentId: ContentId,
  work: (turn: Turn) => Promise<Result>,
): Promise<Result> {
  const owner = newOwner()
  const { isUnfinished } = await untilDone(async () => (await store.take(contentId, owner)) ?? again, {
    most,
    exhausted: () => busy(contentId),
    ...(pauses && { pauses }),
  })
  const turn: Turn = {
    isUnfinished,
    isHalf: isUnfinished,
    async keep() {
      if (!(await store.keep(contentId, owner))) throw busy(contentId)
    },
  }
  try {
    return await work(turn)
  } finally {
    const end = turn.isHalf ? store.leave(contentId, owner) : store.finish(contentId, owner)
    // Where even this fails the turn runs out, and counts as unfinished.
    await end.catch(() => undefined)
  }
}

const busy = (contentId: ContentId): HeadendError =>
  new HeadendError(
    'PROTECTION_BUSY',
    `${contentId}: others change its protection at the same time, and this change was not made; try again in a second`,
    { status: 503 },
  )
