/** What the edge is told of a content: which of its media caches may give out in the clear. */
import type { ContentId } from '../../timeline/ids.ts'
import type { EncryptedPolicy, Policy } from '../protection/policy.ts'

/** Of a content none of which is public. */
export const closed = '1'

/**
 * Of a content that was deleted: closed like any other that no path names, whatever policy holds, until caches have
 * nothing of it any more.
 */
export const goneUntil = (epochSeconds: number): string => `gone-${epochSeconds}`

/** Until when a content is closed because it was deleted; undefined of every other mark. */
export function goneUntilOf(mark: string | undefined): number | undefined {
  const [, seconds] = /^gone-(\d{1,15})$/.exec(mark ?? '') ?? []
  return seconds === undefined ? undefined : Number(seconds)
}

/** The mark of a policy; undefined where nothing is to be said, as all of it is public. */
export function markOf(policy: EncryptedPolicy): string
export function markOf(policy: Policy): string | undefined
export function markOf(policy: Policy): string | undefined {
  if (policy.mode === 'none') return undefined
  const { clearLeadSeconds = 0 } = policy
  return clearLeadSeconds > 0 ? `lead-${clearLeadSeconds}` : closed
}

/** Paths of what caches may hold in the clear from under another mark, as an invalidation names them. */
export function pathsUnder(contentId: ContentId, before: string | undefined): string[] {
  const words = ['clear', ...(before?.startsWith('lead-') ? [before] : [])]
  return words.map((word) => `/media/${word}/${contentId}/*`)
}
