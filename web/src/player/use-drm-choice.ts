/** What a person chose of how protected content plays, and the DRM that follows from it. */
import { useMemo, useState } from 'preact/hooks'
import type { EncryptedPolicy } from '../../../lib/rights/protection/policy.ts'
import type { Protection } from '../protection/use-protection.ts'
import type { Drm } from './drm.ts'
import { drmFor, type Playback, type PlayChoice } from './playback.ts'

/** Both. */
export interface DrmChoice {
  /** Of what is protected. */
  readonly policy: EncryptedPolicy | undefined
  readonly choice: PlayChoice
  readonly choose: (choice: PlayChoice) => void
  /** The scheme that was chosen, if it still is one. */
  readonly scheme: EncryptedPolicy['schemes'][number] | undefined
  readonly drm: Drm | undefined
}

export function useDrmChoice(
  { known }: Pick<Protection, 'known'>,
  { token }: Pick<Playback, 'token'>,
  licenceUrl: string,
): DrmChoice {
  const [choice, choose] = useState<PlayChoice>({ scheme: '', system: undefined })
  const policy = known?.policy.mode === 'encrypted' ? known.policy : undefined
  const { system } = choice
  const isSealed = policy !== undefined
  // Players start anew with another one: a policy that was only read again is no reason.
  const drm = useMemo(
    () => (isSealed ? drmFor({ system }, { token }, licenceUrl) : undefined),
    [isSealed, system, token, licenceUrl],
  )
  // A scheme that was taken away since is no choice any more.
  const scheme = choice.scheme !== '' && policy?.schemes.includes(choice.scheme) ? choice.scheme : undefined
  return { policy, choice, choose, scheme, drm }
}
