/** Changes of a content item's protection, each as the policy it leads to and the write that makes it. */

import { HeadendError } from '../../errors.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { Period } from '../../timeline/key-periods.ts'
import type { ProtectionPorts } from '../protection/plans.ts'
import { type EncryptedPolicy, type Policy, policySchema } from '../protection/policy.ts'
import { changePolicy, duePeriods, retireKeys } from '../protection/protect.ts'
import { prefixOwner } from '../protection/store.ts'

/** A change of a content item's policy or keys. */
export interface Change<Result> {
  /** The policy after the change; writes nothing, and throws if the change is not possible. */
  readonly next: (ports: ProtectionPorts, contentId: ContentId) => Promise<Policy>
  readonly write: (ports: ProtectionPorts, contentId: ContentId, next: Policy) => Promise<Result>
}

const inForce: Change<unknown>['next'] = async ({ protection }, contentId) =>
  (await protection.policy(contentId)).policy

/** No change; publishes the state in force again. */
export const asItIs: Change<void> = { next: inForce, write: async () => undefined }

/** Sets the content's own policy. */
export const policyOf = (policy: Policy): Change<void> => ({
  next: async () => policy,
  write: (ports, contentId) => changePolicy(ports, contentId, policy),
})

/** Deletes the content's own policy; that of its prefix applies from then on. */
export const forgotten: Change<void> = {
  next: (ports, contentId) => inForce(ports, prefixOwner(contentId)),
  write: ({ protection }, contentId) => protection.deletePolicy(contentId),
}

/** Ends the current key period; returns the one in force afterwards. */
export const retired = (period?: number): Change<Period> => ({
  async next(ports, contentId) {
    return encrypted(contentId, await inForce(ports, contentId))
  },
  async write(ports, contentId, next) {
    const policy = encrypted(contentId, next)
    const made = await retireKeys(ports, contentId, { policy, period })
    await duePeriods(ports, contentId, policy)
    return made
  },
})

/** The protection an arriving asset states for itself, if any. */
export function stated(statement: unknown, contentId: ContentId): Change<void> {
  if (statement === undefined) return asItIs
  const policy = statedPolicy(contentId, statement)
  return { next: async () => policy, write: ({ protection }) => protection.putPolicy(contentId, policy) }
}

function statedPolicy(contentId: ContentId, statement: unknown): Policy {
  if (statement === 'none' || statement === 'clear') return { mode: 'none' }
  const { success, data, error } = policySchema.safeParse(statement)
  if (success) return data
  const [issue] = error.issues
  throw new HeadendError(
    'ASSET_PROTECTION',
    `${contentId}: expected protection "none" or a policy, got ${issue?.path.join('.') || 'something else'}: ${issue?.message ?? ''}`,
  )
}

/** A policy with encryption; throws PROTECTION_NONE (409) for any other. */
export function encrypted(contentId: ContentId, policy: Policy): EncryptedPolicy {
  if (policy.mode === 'encrypted') return policy
  throw new HeadendError('PROTECTION_NONE', `${contentId} is not protected, so it has no keys`, {
    status: 409,
  })
}
