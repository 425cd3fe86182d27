/** Selects the key of a track by CPIX's usage rules (CPIX 2.3 4.4). */
import { HeadendError } from '../../errors.ts'
import type { AudioFilter, Cpix, UsageRule, VideoFilter } from './model.ts'

/** The track to encrypt. A missing value matches no filter on it. */
export interface UsageContext {
  readonly type: 'video' | 'audio' | 'text'
  readonly pixels?: number
  readonly hdr?: boolean
  readonly wcg?: boolean
  readonly fps?: number
  readonly channels?: number
  readonly bitrate?: number
  readonly labels?: readonly string[]
  readonly periodId?: string
}

/**
 * The kid for a track; undefined if no rule matches, so that it stays clear. Two matching keys, a rule with unknown
 * filters, and one that names a root key are errors: a guess would encrypt with a key that no player gets.
 */
export function kidFor(
  { rules, keys }: Pick<Cpix, 'rules' | 'keys'>,
  context: UsageContext,
): string | undefined {
  const roots = new Set(keys.map(({ dependsOnKey }) => dependsOnKey))
  const kids = new Set<string>()
  for (const rule of rules) {
    if (rule.unknown.length > 0)
      throw refused(`the rule for KID ${rule.kid} has a filter we do not know: ${rule.unknown[0]}`)
    if (roots.has(rule.kid)) throw refused(`the rule for KID ${rule.kid} points at a root key`)
    if (ruleMatches(rule, context)) kids.add(rule.kid)
  }
  if (kids.size > 1)
    throw refused(`expected one key for a ${context.type} track, got ${[...kids].join(', ')}`)
  return [...kids][0]
}

/** Filters of one type are alternatives, all types must match (CPIX 2.3 4.4.3). */
function ruleMatches(rule: UsageRule, context: UsageContext): boolean {
  const { periodIds, labels, video, audio, bitrate } = rule
  const { periodId, labels: ofTrack = [] } = context
  // a rule for video and audio names both, and no track is both: there the kinds are alternatives
  const kinds =
    (video.length === 0 && audio.length === 0) ||
    video.some((filter) => videoMatches(filter, context)) ||
    audio.some((filter) => audioMatches(filter, context))
  return (
    kinds &&
    (periodIds.length === 0 || (periodId !== undefined && periodIds.includes(periodId))) &&
    (labels.length === 0 || labels.some((label) => ofTrack.includes(label))) &&
    (bitrate.length === 0 ||
      bitrate.some(({ minBitrate, maxBitrate }) => within(context.bitrate, minBitrate, maxBitrate)))
  )
}

function videoMatches(filter: VideoFilter, { type, pixels, hdr, wcg, fps }: UsageContext): boolean {
  const { minFps, maxFps } = filter
  return (
    type === 'video' &&
    within(pixels, filter.minPixels, filter.maxPixels) &&
    (filter.hdr === undefined || filter.hdr === hdr) &&
    (filter.wcg === undefined || filter.wcg === wcg) &&
    // the lower bound is exclusive, the upper inclusive
    (minFps === undefined || (fps !== undefined && fps > minFps)) &&
    (maxFps === undefined || (fps !== undefined && fps <= maxFps))
  )
}

function audioMatches({ minChannels, maxChannels }: AudioFilter, { type, channels }: UsageContext): boolean {
  return type === 'audio' && within(channels, minChannels, maxChannels)
}

function within(value: number | undefined, min: number | undefined, max: number | undefined): boolean {
  if (min === undefined && max === undefined) return true
  return value !== undefined && value >= (min ?? 0) && value <= (max ?? Number.MAX_SAFE_INTEGER)
}

function refused(text: string): HeadendError {
  return new HeadendError('CPIX_USAGE', `ContentKeyUsageRuleList: ${text}`, { status: 422 })
}
