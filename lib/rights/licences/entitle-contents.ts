/**
 * Entitlement for presentation tokens: each requested key is checked against the policy and plan of the content it
 * belongs to.
 */

import { HeadendError } from '../../errors.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { type Asked, type Entitled, type EntitlementPorts, entitle } from './entitle.ts'
import type { Challenge, LicencePorts, LicenceRequest } from './ports.ts'

/** The entitlement of a token for one content item. */
export interface EntitledContent extends Entitled {
  readonly contentId: ContentId
}

/** Dependencies of entitlement for several content items. */
export type ContentsPorts = EntitlementPorts & Pick<LicencePorts, 'owners'>

/**
 * The content items whose keys may be issued, at least one; otherwise throws the refusal (403). Our own licences
 * contain whatever may be issued of what was requested. Third-party licences contain all of it, so their keys must
 * belong to one content item.
 */
export async function entitleContents(
  ports: ContentsPorts,
  request: Pick<LicenceRequest, 'headers' | 'requestId'>,
  asked: Asked,
): Promise<readonly [EntitledContent, ...EntitledContent[]]> {
  const { claims, system, challenge } = asked
  const judged = async (contentId: ContentId, what: Challenge): Promise<EntitledContent> => ({
    contentId,
    ...(await entitle(ports, request, {
      claims: { ...claims, content: contentId },
      system,
      challenge: what,
    })),
  })
  const [first, ...others] = claims.contents ?? []
  if (first === undefined) return [await judged(claims.content, challenge)]
  const contents = [first, ...others]
  // A certificate or renewal: one content item that may be played with this system is enough.
  if (challenge.kids.length === 0)
    return firstJudged(challenge.contents.length > 0 ? challenge.contents : contents, async (contentId) => {
      // Fail closed: a content ID the token does not list is checked against the first, and refused as foreign.
      const own = contents.includes(contentId) ? contentId : first
      return judged(own, challenge)
    })
  const owners = await ports.owners(contents, challenge.kids)
  const concerned = [...new Set(owners.values())]
  const [one = first, ...more] = concerned
  if (system !== 'clearkey' || more.length === 0) return [await judged(one, challenge)]
  const kidsOf = (contentId: ContentId) => challenge.kids.filter((kid) => owners.get(kid) === contentId)
  const results = await Promise.allSettled(
    concerned.map((contentId) => judged(contentId, { kids: kidsOf(contentId), contents: [] })),
  )
  const fault = results.find((result) => result.status === 'rejected' && !isRefusal(result.reason))
  if (fault?.status === 'rejected') throw fault.reason
  const [opened, ...rest] = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
  if (opened) return [opened, ...rest]
  throw results.find((result) => result.status === 'rejected')?.reason
}

/** The first content item that is not refused; throws the last refusal if all are. */
async function firstJudged(
  contents: readonly string[],
  judge: (contentId: ContentId) => Promise<EntitledContent>,
): Promise<readonly [EntitledContent]> {
  let refusal: unknown
  for (const contentId of contents)
    try {
      return [await judge(contentId)]
    } catch (error) {
      if (!isRefusal(error)) throw error
      refusal = error
    }
  throw refusal
}

const isRefusal = (error: unknown): boolean => error instanceof HeadendError && error.status === 403
