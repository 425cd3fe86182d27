/**
 * Publication turns (locks): the policy, the index row and the edge mark are in three stores, and two concurrent
 * writers could combine one's policy with the other's mark.
 */

import { HeadendError } from '../../errors.ts'
import { again, type Pauses, untilDone } from '../../platform/retry.ts'
import type { ContentId } from '../../timeline/ids.ts'

/** An acquired turn. */
export interface TakenTurn {
  /** The previous holder did not finish: the published state may be inconsistent. */
  readonly isUnfinished: boolean
}

/** Storage of turns, one per content item. */
export interface TurnStore {
  /** Returns undefined while another owner holds it. Taking it again with the same `owner` renews the same turn. */
  take(contentId: ContentId, owner: string): Promise<TakenTurn | undefined>
  /** Extends the turn; returns false if another owner took it over. */
  keep(contentId: ContentId, owner: string): Promise<boolean>
  finish(contentId: ContentId, owner: string): Promise<void>
  /** Releases the turn unfinished, for the next owner. */
  leave(contentId: ContentId, owner: string): Promise<void>
  /** Content IDs whose turn expired or was released unfinished. */
  unfinished(): Promise<string[]>
}

/** A turn in the hands of its holder. */
export interface Turn extends TakenTurn {
  /** Set while the published state may be inconsistent; the next holder then finishes the publication. */
  isHalf: boolean
  /** Throws PROTECTION_BUSY if another owner took it over: a holder that was too slow must not open anything. */
  keep(): Promise<void>
}

/** Dependencies of acquiring turns. */
export interface Turns {
  readonly store: TurnStore
  /** Generates a unique owner name. */
  readonly owner: () => string
  /** Attempts to acquire a turn; each waits up to 800 ms. @default 40 */
  readonly maxTries?: number
  readonly pauses?: Pauses
}

/**
 * Runs work in a content item's turn; throws PROTECTION_BUSY (503) without doing anything if others hold it too long.
 */
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
    // If even this fails, the turn expires and counts as unfinished.
    await end.catch(() => undefined)
  }
}

const busy = (contentId: ContentId): HeadendError =>
  new HeadendError(
    'PROTECTION_BUSY',
    `${contentId}: others change its protection at the same time, and this change was not made; try again in a second`,
    { status: 503 },
  )
