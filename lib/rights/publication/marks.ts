/** Marks of content at the edge: which media may be served in the clear from its caches. */
import type { ContentId } from '../../timeline/ids.ts'
import type { EncryptedPolicy, Policy } from '../protection/policy.ts'

/** Mark of content that is entirely protected. */
export const closed = '1'

/**
 * Mark of deleted content: whatever the policy, it closes the content, as does any mark that no path names, until
 * caches have expired.
 */
export const goneUntil = (epochSeconds: number): string => `gone-${epochSeconds}`

/** Epoch seconds until which deleted content stays closed; undefined for any other mark. */
export function goneUntilOf(mark: string | undefined): number | undefined {
  const [, seconds] = /^gone-(\d{1,15})$/.exec(mark ?? '') ?? []
  return seconds === undefined ? undefined : Number(seconds)
}

/** The mark of a policy; undefined if all of the content is public. */
export function markOf(policy: EncryptedPolicy): string
export function markOf(policy: Policy): string | undefined
export function markOf(policy: Policy): string | undefined {
  if (policy.mode === 'none') return undefined
  const { clearLeadSeconds = 0 } = policy
  return clearLeadSeconds > 0 ? `lead-${clearLeadSeconds}` : closed
}

/** Invalidation paths of media that caches may hold in the clear under an earlier mark. */
export function pathsUnder(contentId: ContentId, before: string | undefined): string[] {
  const words = ['clear', ...(before?.startsWith('lead-') ? [before] : [])]
  return words.map((word) => `/media/${word}/${contentId}/*`)
}
