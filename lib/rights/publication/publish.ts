/**
 * The one place that makes a film's protection known, whoever changes it: the operator, `asset.json`, or the default of
 * a prefix. Policy, row of the index and mark at the edge come to say the same, or what stood before goes on standing.
 *
 * What closes comes first and what opens comes last: the mark is closed before the policy is written, let alone answered;
 * a lead is opened when its policy is written, and the mark is taken away when all else says that the film is public.
 */
import type { ContentId } from '../../timeline/ids.ts'
import { protectionKey } from '../../timeline/stored-protection.ts'
import type { ProtectionPorts } from '../protection/protect.ts'
import { asItIs, type Change, stated } from './changes.ts'
import { assetProtection } from './film-protection.ts'
import { closed, goneUntil, markOf, pathsUnder } from './marks.ts'
import { inTurn, type Turn, type Turns } from './turns.ts'

/** What the edge is told of contents; each gives the mark there was, and whether it was another. */
export interface EdgeMarks {
  /** Sets or takes away a content's mark. */
  set(contentId: ContentId, mark: string | undefined): Promise<SetMark>
  /** Takes a content's mark away, unless it says that the content was deleted. */
  takeAway(contentId: ContentId): Promise<SetMark>
  /** Closes all of a content, unless its mark is `mark`. */
  closeUnless(contentId: ContentId, mark: string): Promise<SetMark>
}

/** What became of a mark. */
export interface SetMark {
  readonly before: string | undefined
  readonly isNew: boolean
}

/** A film that plays. */
export interface AssetOnShow {
  /** Up to where its pictures and its sound go together: keys change no further. */
  readonly commonMs: number
}

/** Where a film's protection is made known. Every write may be done twice. */
export interface PublicationStore {
  readonly turns: Turns
  readonly marks: EdgeMarks
  /** The film that plays; undefined where none does yet. */
  film(contentId: ContentId): Promise<AssetOnShow | undefined>
  /** Stores an object that never changes. */
  put(key: string, text: string): Promise<void>
  /** Names the state in force in the row that names the film's version; undefined: none. */
  publish(contentId: ContentId, name: string | undefined): Promise<void>
  /** Has caches forget what lies under paths. */
  readonly invalidate: (paths: readonly string[]) => Promise<void>
  /** Told of what failed, will be done later, and opens nothing. */
  readonly report: (event: string, error: unknown) => void
}

/** A film that arrives, and how it is shown with the state of its protection; false where it was not. */
export interface ArrivingAsset extends AssetOnShow {
  readonly show: (name: string | undefined) => Promise<boolean>
}

/** Where, and what of. */
export interface Publication<Result> {
  readonly store: PublicationStore
  /** Where licences are had, without a slash at its end. */
  readonly licenceUrl: string
  readonly change: Change<Result>
  /** @default the film that plays */
  readonly film?: ArrivingAsset
}

/** Changes a content's protection and makes it known; throws PROTECTION_BUSY (503) where others have the turn too long. */
export function publishProtection<Result>(
  ports: ProtectionPorts,
  contentId: ContentId,
  { store, licenceUrl, change, film }: Publication<Result>,
): Promise<Result> {
  return inTurn(store.turns, contentId, async (turn) => {
    const playing = await store.film(contentId)
    const work: Work = { ports, contentId, store, licenceUrl, turn, before: new Set(), playing }
    try {
      const result = await makeKnown(work, change, film ?? playingAsset(work))
      turn.isHalf = !(await forgetClear(work))
      return result
    } catch (error) {
      if (turn.isHalf) await settle(work)
      throw error
    }
  })
}

/** How long caches keep media, and so for how long what was deleted stays closed. */
const cachedSeconds = 366 * 86_400

/** What closing what is deleted takes. */
interface Sealing {
  readonly store: PublicationStore
  readonly now: () => number
}

/**
 * Closes all of a content that is deleted, whatever becomes of its policy, and has caches forget what they may have of
 * it in the clear; throws where they could not be told. A film that arrives under the id opens it as its policy says.
 */
export function sealContent(sealing: Sealing, contentId: ContentId): Promise<void> {
  return inTurn(sealing.store.turns, contentId, async () => {
    const { before } = await setGone(sealing, contentId)
    await sealing.store.invalidate([
      ...new Set([...pathsUnder(contentId, undefined), ...pathsUnder(contentId, before), `/${contentId}/*`]),
    ])
  })
}

/** Forgets the policy of a content that is deleted; in the same turn, as who indexed it until now may have marked it. */
export function forgetSealed(
  sealing: Sealing & Pick<ProtectionPorts, 'protection'>,
  contentId: ContentId,
): Promise<void> {
  return inTurn(sealing.store.turns, contentId, async () => {
    await setGone(sealing, contentId)
    await sealing.protection.deletePolicy(contentId)
  })
}

const setGone = ({ store, now }: Sealing, contentId: ContentId): Promise<SetMark> =>
  store.marks.set(contentId, goneUntil(Math.ceil(now() / 1000) + cachedSeconds))

/** Finishes what a change that failed has begun: its mark may be set, and its policy may be written or not. */
async function settle(work: Work): Promise<void> {
  const { turn, store } = work
  try {
    await makeKnown(work, asItIs, playingAsset(work))
    turn.isHalf = !(await forgetClear(work))
  } catch (error) {
    store.report('a change of protection was left half made', error)
  }
}

interface Work extends Pick<Publication<unknown>, 'store' | 'licenceUrl'> {
  readonly ports: ProtectionPorts
  readonly contentId: ContentId
  readonly turn: Turn
  readonly playing: AssetOnShow | undefined
  /** Marks under which something was public that is so no more. */
  readonly before: Set<string | undefined>
}

const playingAsset = ({ playing, store, contentId }: Work): ArrivingAsset | undefined =>
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
  film: ArrivingAsset | undefined,
): Promise<Result> {
  const { ports, contentId, store, licenceUrl, turn } = work
  const next = await change.next(ports, contentId)
  const nextMark = markOf(next)
  turn.isHalf = true
  // A film that comes later brings its mark with it.
  if (film && nextMark !== undefined) noteOpen(work, await store.marks.closeUnless(contentId, nextMark))
  const result = await change.write(ports, contentId, next)
  if (!film) {
    // Of a film that is gone; what is certainly public needs no mark. What was deleted keeps its own.
    if ((await ports.protection.policy(contentId)).policy.mode === 'none') {
      await turn.keep()
      await store.marks.takeAway(contentId)
    }
    return result
  }
  // What is known is the film's own from now on, or the next change of its prefix's would part media and manifests.
  await ports.protection.pinPolicy(contentId)
  const state = await assetProtection(ports, contentId, { commonMs: film.commonMs, licenceUrl })
  if (state) await store.put(protectionKey(contentId, state.name), state.text)
  await turn.keep()
  // It opens a lead at most; and it closes where the prefix's policy was changed meanwhile.
  if (state) noteOpen(work, await store.marks.set(contentId, state.mark))
  if (!(await film.show(state?.name))) {
    await makeKnown(work, asItIs, playingAsset(work))
    return result
  }
  if (!state) await takeMark(work)
  return result
}

/** What was public under another mark is in caches. */
function noteOpen({ before }: Work, was: SetMark): void {
  if (was.isNew && was.before !== closed) before.add(was.before)
}

async function takeMark({ store, contentId, turn }: Work): Promise<void> {
  await turn.keep()
  await store.marks.set(contentId, undefined)
}

/** What was public leaves the caches; the mark holds whether it does or not. False where it has to be done again. */
async function forgetClear({ store, contentId, before, playing, turn }: Work): Promise<boolean> {
  // Of a film that nobody could ask for nothing is kept.
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

/** Publishes a content; what `publishProtection` does over the stores of a function. */
export type Publish = <Result>(
  contentId: ContentId,
  publication: Pick<Publication<Result>, 'change' | 'film'>,
) => Promise<Result>

/** Shows a film that arrives, protected as it states itself, else as was set for it; false where it was not shown. */
export function showProtected(publish: Publish) {
  return async (
    contentId: ContentId,
    { stated: statement, commonMs, show }: ArrivingAsset & { readonly stated: unknown },
  ): Promise<boolean> => {
    let isShown = false
    const film: ArrivingAsset = {
      commonMs,
      async show(name) {
        isShown = await show(name)
        return isShown
      },
    }
    await publish(contentId, { change: stated(statement, contentId), film })
    return isShown
  }
}
