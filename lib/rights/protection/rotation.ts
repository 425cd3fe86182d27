/** How DASH is told that keys change: by a Period for each, or within the media. */

/**
 * No Period of one key is shorter: a player that has all of a Period before its key comes begins the next one, and
 * dash.js goes there, as if nothing of the first could be played.
 */
export const leastPeriodSeconds = 30

/** What of a policy decides. */
interface Rotation {
  readonly rotationSeconds?: number | undefined
  readonly rotationSignalling?: 'periods' | 'inBand' | undefined
  readonly clearLeadSeconds?: number | undefined
}

/** Whether a Period for each key would be too short; of the first one, what is in the clear is a Period of its own. */
export const isShort = ({ rotationSeconds, clearLeadSeconds = 0 }: Rotation): boolean =>
  rotationSeconds !== undefined && rotationSeconds - clearLeadSeconds < leastPeriodSeconds

/** Whether keys change within the media. */
export const isInBand = (policy: Rotation): boolean =>
  policy.rotationSignalling === 'inBand' || isShort(policy)
