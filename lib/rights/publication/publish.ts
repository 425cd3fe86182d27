/**
 * The only place that publishes a change of an asset's protection, whether made by the operator, by `asset.json` or by
 * a prefix default. The policy, the index row and the edge mark end up consistent, or the earlier state stays in force.
 *
 * Steps that close come first, steps that open last: the mark is closed before the policy is written, let alone the
 * request answered; a clear lead is opened once its policy is written, and the mark is removed once everything else
 * says that the asset is public.
 */
import type { ContentId } from '../../timeline/ids.ts'
import { protectionKey } from '../../timeline/stored-protection.ts'
import type { ProtectionPorts } from '../protection/plans.ts'
import { asItIs, type Change, stated } from './changes.ts'
import { assetProtection, channelProtection } from './film-protection.ts'
import { closed, markOf, pathsUnder } from './marks.ts'
import { inTurn, type Turn, type Turns } from './turns.ts'

/** Marks of content at the edge; each operation returns the previous mark and whether it changed. */
export interface EdgeMarks {
  /** Sets or removes a content item's mark. */
  set(contentId: ContentId, mark: string | undefined): Promise<SetMark>
  /** Removes a content item's mark, unless it says that the content was deleted. */
  takeAway(contentId: ContentId): Promise<SetMark>
  /** Closes a content item entirely, unless its mark is `mark`. */
  closeUnless(contentId: ContentId, mark: string): Promise<SetMark>
}

/** Result of changing a mark. */
export interface SetMark {
  readonly before: string | undefined
  readonly isNew: boolean
}

/** A published asset. */
export interface AssetOnShow {
  /** Length for which both video and audio exist: keys do not change after it. */
  readonly commonMs: number
}

/** A channel that is there. */
export interface ChannelOnShow {
  /** How far back viewers may go. */
  readonly windowSeconds: number
}

/** What plays. */
export type OnShow = AssetOnShow | ChannelOnShow

/** Storage that protection is published to. Every write is idempotent. */
export interface PublicationStore {
  readonly turns: Turns
  readonly marks: EdgeMarks
  /** The published asset, or the channel; undefined if there is none yet. */
  onShow(contentId: ContentId): Promise<OnShow | undefined>
  /** Stores an immutable object. */
  put(key: string, text: string): Promise<void>
  /** Sets the name of the state in force in the asset's row, which also names its version; undefined: unprotected. */
  publish(contentId: ContentId, name: string | undefined): Promise<void>
  /** Invalidates paths in the caches. */
  readonly invalidate: (paths: readonly string[]) => Promise<void>
  /** Called for a failure that will be retried later and opens nothing. */
  readonly report: (event: string, error: unknown) => void
}

/** What arrives; `show` publishes it with a protection state and returns false if it was not published. */
export type Arriving = OnShow & { readonly show: (name: string | undefined) => Promise<boolean> }

/** A change of a content item's protection, and where it is published. */
export interface Publication<Result> {
  readonly store: PublicationStore
  /** Licence URL without a trailing slash. */
  readonly licenceUrl: string
  readonly change: Change<Result>
  /** @default what is published */
  readonly arriving?: Arriving
}

/** Changes and publishes a content item's protection; throws PROTECTION_BUSY (503) if others hold the turn too long. */
export function publishProtection<Result>(
  ports: ProtectionPorts,
  contentId: ContentId,
  { store, licenceUrl, change, arriving }: Publication<Result>,
): Promise<Result> {
  return inTurn(store.turns, contentId, async (turn) => {
    const playing = await store.onShow(contentId)
    const work: Work = { ports, contentId, store, licenceUrl, turn, before: new Set(), playing }
    try {
      const result = await makeKnown(work, change, arriving ?? onShowNow(work))
      turn.isHalf = !(await forgetClear(work))
      return result
    } catch (error) {
      if (turn.isHalf) await settle(work)
      throw error
    }
  })
}

/** Completes a failed change: its mark may be set, and its policy may be written or not. */
async function settle(work: Work): Promise<void> {
  const { turn, store } = work
  try {
    await makeKnown(work, asItIs, onShowNow(work))
    turn.isHalf = !(await forgetClear(work))
  } catch (error) {
    store.report('a change of protection was left half made', error)
  }
}

interface Work extends Pick<Publication<unknown>, 'store' | 'licenceUrl'> {
  readonly ports: ProtectionPorts
  readonly contentId: ContentId
  readonly turn: Turn
  readonly playing: OnShow | undefined
  /** Marks under which something was public that no longer is. */
  readonly before: Set<string | undefined>
}

const onShowNow = ({ playing, store, contentId }: Work): Arriving | undefined =>
  playing && {
    ...playing,
    async show(name) {
      await store.publish(contentId, name)
      return true
    },
  }

async function makeKnown<Result>(
  work: Work,
  change: Change<Result>,
  shown: Arriving | undefined,
): Promise<Result> {
  const { ports, contentId, store, turn } = work
  const next = await change.next(ports, contentId)
  const nextMark = markOf(next)
  turn.isHalf = true
  // What arrives later sets its own mark; but a channel of a former version has no row, and media in caches.
  if ((shown || contentId.startsWith('live/')) && nextMark !== undefined)
    noteOpen(work, await store.marks.closeUnless(contentId, nextMark))
  const result = await change.write(ports, contentId, next)
  if (!shown) {
    // A mark left by a deleted asset; public content needs none. Deleted content keeps its "gone" mark.
    if ((await ports.protection.policy(contentId)).policy.mode === 'none') {
      await turn.keep()
      await store.marks.takeAway(contentId)
    }
    return result
  }
  // The policy in force becomes its own, or the next change of its prefix would make media and manifests differ.
  await ports.protection.pinPolicy(contentId)
  const state = await stateOf(work, shown)
  if (state) await store.put(protectionKey(contentId, state.name), state.text)
  await turn.keep()
  // Opens a clear lead at most; closes if the prefix's policy was changed meanwhile.
  if (state) noteOpen(work, await store.marks.set(contentId, state.mark))
  if (!(await shown.show(state?.name))) {
    await makeKnown(work, asItIs, onShowNow(work))
    return result
  }
  if (!state) await takeMark(work)
  return result
}

const stateOf = ({ ports, contentId, store, licenceUrl, turn }: Work, shown: OnShow) =>
  'commonMs' in shown
    ? assetProtection(ports, contentId, { commonMs: shown.commonMs, licenceUrl })
    : channelProtection(ports, contentId, {
        windowSeconds: shown.windowSeconds,
        licenceUrl,
        // Hours of keys may take longer to make than a turn lasts.
        async put(key, text) {
          await turn.keep()
          await store.put(key, text)
        },
      })

/** Media that was public under another mark may be in caches. */
function noteOpen({ before }: Work, was: SetMark): void {
  if (was.isNew && was.before !== closed) before.add(was.before)
}

async function takeMark({ store, contentId, turn }: Work): Promise<void> {
  await turn.keep()
  await store.marks.set(contentId, undefined)
}

/** Invalidates media that was public; the mark holds either way. Returns false if it must be retried. */
async function forgetClear({ store, contentId, before, playing, turn }: Work): Promise<boolean> {
  // Nothing is cached of an asset nobody could request.
  if (!playing || (before.size === 0 && !turn.isUnfinished)) return true
  const paths = new Set([undefined, ...before].flatMap((mark) => pathsUnder(contentId, mark)))
  try {
    await store.invalidate([...paths])
    return true
  } catch (error) {
    store.report('caches were not told to forget clear media', error)
    return false
  }
}

/** Publishes a content item: `publishProtection` with a function's stores. */
export type Publish = <Result>(
  contentId: ContentId,
  publication: Pick<Publication<Result>, 'change' | 'arriving'>,
) => Promise<Result>

/**
 * Publishes an arriving asset with the protection it states, or else the one set for it; returns false if it was not
 * published.
 */
export function showProtected(publish: Publish) {
  return async (
    contentId: ContentId,
    {
      stated: statement,
      commonMs,
      show,
    }: AssetOnShow & Pick<Arriving, 'show'> & { readonly stated: unknown },
  ): Promise<boolean> => {
    let isShown = false
    const arriving: Arriving = {
      commonMs,
      async show(name) {
        isShown = await show(name)
        return isShown
      },
    }
    await publish(contentId, { change: stated(statement, contentId), arriving })
    return isShown
  }
}
