/** How DASH is told that keys change: by a Period for each, or within the media. */

/** No Period of one key is shorter where keys may change in band: a player may have all of it before its key comes. */
export const minPeriodSeconds = 30

/** What of a policy decides. */
interface Rotation {
  readonly systems: readonly string[]
  readonly rotationSeconds?: number | undefined
  readonly rotationSignalling?: 'periods' | 'inBand' | undefined
  readonly clearLeadSeconds?: number | undefined
}

/** Whether a Period for each key would be too short; of the first one, what is in the clear is a Period of its own. */
const isShort = ({ rotationSeconds, clearLeadSeconds = 0 }: Rotation): boolean =>
  rotationSeconds !== undefined && rotationSeconds - clearLeadSeconds < minPeriodSeconds

/**
 * Whether keys change within the media whatever a policy says. Not where a player may have Clear Key: Firefox's takes
 * no key that was not asked for, and DASH players ask for the one that the manifest names.
 */
export const mustBeInBand = (policy: Rotation): boolean =>
  isShort(policy) && !policy.systems.includes('clearkey')

/** Whether keys change within the media. */
export const isInBand = (policy: Rotation): boolean =>
  policy.rotationSignalling === 'inBand' || mustBeInBand(policy)

/** Whether the last of a film's keys, told of by a Period that lasts so long, is left out, and the one before lasts. */
export const isLeftOut = (policy: Rotation, periodMs: number): boolean =>
  !isInBand(policy) && !isShort(policy) && periodMs < 1000 * minPeriodSeconds
