/** Key rotation signalling in DASH: by a Period for each key, or within the media (in band). */

/**
 * Minimum length of a one-key Period where in-band rotation is possible: a player may buffer a shorter one completely
 * before its key arrives.
 */
export const minPeriodSeconds = 30

/** The parts of a policy that decide on the signalling. */
interface Rotation {
  readonly systems: readonly string[]
  readonly rotationSeconds?: number | undefined
  readonly rotationSignalling?: 'periods' | 'inBand' | undefined
  readonly clearLeadSeconds?: number | undefined
}

/** Whether a Period for each key would be too short; a clear lead splits a Period off the first one. */
const isShort = ({ rotationSeconds, clearLeadSeconds = 0 }: Rotation): boolean =>
  rotationSeconds !== undefined && rotationSeconds - clearLeadSeconds < minPeriodSeconds

/**
 * Whether keys must change in band whatever the policy says. Not if Clear Key is allowed: Firefox's accepts only keys
 * that were requested, and DASH players request the one named in the manifest.
 */
export const mustBeInBand = (policy: Rotation): boolean =>
  isShort(policy) && !policy.systems.includes('clearkey')

/** Whether keys change within the media. */
export const isInBand = (policy: Rotation): boolean =>
  policy.rotationSignalling === 'inBand' || mustBeInBand(policy)

/** Whether the last key of an asset is dropped because its Period would be too short, so that the one before lasts. */
export const isLeftOut = (policy: Rotation, periodMs: number): boolean =>
  !isInBand(policy) && !isShort(policy) && periodMs < 1000 * minPeriodSeconds
