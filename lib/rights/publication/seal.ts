/** Closing of deleted content at the edge. */
import type { ContentId } from '../../timeline/ids.ts'
import type { ProtectionPorts } from '../protection/plans.ts'
import { goneUntil, pathsUnder } from './marks.ts'
import type { PublicationStore, SetMark } from './publish.ts'
import { inTurn } from './turns.ts'

/** Cache lifetime of media, and so how long deleted content stays closed. */
const cachedSeconds = 366 * 86_400

/** Dependencies of closing deleted content. */
interface Sealing {
  readonly store: PublicationStore
  readonly now: () => number
}

/**
 * Closes deleted content entirely, whatever happens to its policy, and invalidates what caches may hold in the clear;
 * throws if the invalidation fails. An asset that arrives under the same ID opens it again according to its policy.
 */
export function sealContent(sealing: Sealing, contentId: ContentId): Promise<void> {
  return inTurn(sealing.store.turns, contentId, async () => {
    const { before } = await setGone(sealing, contentId)
    await sealing.store.invalidate([
      ...new Set([...pathsUnder(contentId, undefined), ...pathsUnder(contentId, before), `/${contentId}/*`]),
    ])
  })
}

/**
 * Deletes the policy of deleted content, in the same turn as the mark: an indexing run still in progress may have set
 * one.
 */
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
