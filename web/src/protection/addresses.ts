/** Where media is to be had, once it is not given in the clear: under its session, scheme, key and period. */
import type { TimelineTrack } from '../../../lib/assets/api/schemas.ts'
import type { EncryptedPolicy } from '../../../lib/rights/protection/policy.ts'
import { keyLabelOf, pixelsOf } from '../../../lib/timeline/key-label.ts'
import { type Band, bandAt } from './key-periods.ts'

/** The URL that works for a clear one, of a track at a time. */
export type AddressOf = (clearUrl: string, track: TimelineTrack, seconds: number) => string

/** Of what is given in the clear. */
export const clearAddress: AddressOf = (clearUrl) => clearUrl

/** Of what is encrypted; `hls` is the session's own manifest. Text stays in the clear. */
export function sealedAddress({
  policy,
  scheme,
  bands,
  hls,
}: {
  readonly policy: EncryptedPolicy
  readonly scheme: 'cenc' | 'cbcs'
  readonly bands: readonly Band[]
  readonly hls: string
}): AddressOf {
  const session = /^(.*\/s\/[^/]+)\//.exec(hls)?.[1]
  return (clearUrl, track, seconds) => {
    const label = isKeyed(track.type)
      ? keyLabelOf(policy.keys, { type: track.type, pixels: pixelsOf(track) })
      : undefined
    const period = bandAt(bands, seconds)?.period
    const path = clearUrl.split('/media/clear/', 2)[1]
    if (session === undefined || path === undefined || period === undefined) return clearUrl
    return `${session}/media/${label === undefined ? 'clear' : `${scheme}-${label}-${period}`}/${path}`
  }
}

const isKeyed = (type: string): type is 'video' | 'audio' => type === 'video' || type === 'audio'
