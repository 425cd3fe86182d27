/** Protected media: which requests are allowed, and how segments are encrypted. */
import { HeadendError } from '../../../errors.ts'
import type { Aes } from '../../../formats/cenc/index.ts'
import { type Fragment, type OwnKey, protectInit } from '../../../formats/isobmff/index.ts'
import { keyLabelOf } from '../../../timeline/key-label.ts'
import type { MediaName, MediaProtection } from '../../../timeline/media-path.ts'
import type { TrackPlacement } from '../../../timeline/placement.ts'
import { defaultAim } from '../../indexing/choose-cuts.ts'
import type { MediaKey, MediaProtectionRule } from '../media-rights.ts'
import type { ClearSegment } from './clear-segment.ts'
import { commonBox, inBandBoxes, trackEncryption } from './key-signals.ts'
import { type SegmentEncryptor, segmentEncryptor } from './protect-segment.ts'
import { type ClearTrack, readClearTrack, shownSeconds } from './protected-track.ts'

/** The encryption requested by a path. */
export type Encryption = Exclude<MediaProtection, { scheme: 'clear' }>

/**
 * The reason to refuse a path; undefined if it is allowed. Protected video and audio are delivered as their rule says
 * and in no other way; clear content has no other form.
 */
export function refusalOf(
  rule: MediaProtectionRule | undefined,
  { protection }: MediaName,
  { type, pixels }: Pick<TrackPlacement, 'type' | 'pixels'>,
): string | undefined {
  if (protection.scheme === 'clear') {
    const { leadSeconds } = protection
    const allowed = clearLeadOf(rule, { type })
    if (leadSeconds !== undefined && leadSeconds !== allowed)
      return `this content has no clear lead of ${leadSeconds} s`
    return allowed === 0 ? 'this content is only delivered encrypted' : undefined
  }
  const { scheme, label, period, inBand } = protection
  if (!rule) return `this content has no ${scheme} rendering`
  if (!rule.schemes.includes(scheme)) return `this content is not encrypted with ${scheme}`
  const own = keyLabelOf(rule.sharing, { type, ...(pixels !== undefined && { pixels }) })
  if (label !== own) return `this track is not encrypted with a key for ${label}`
  if (inBand && rule.inBand?.(period, 0) === undefined)
    return `the keys of this content do not change in band from key period ${period} on`
  return rule.period(period) ? undefined : `there is no key period ${period}, or it is over`
}

/** Media seconds of clear lead: segments that end by then are delivered clear; undefined if the whole track is. */
export function clearLeadOf(
  rule: MediaProtectionRule | undefined,
  { type }: Pick<TrackPlacement, 'type'>,
): number | undefined {
  return rule && (type === 'video' || type === 'audio') ? (rule.clearLeadSeconds ?? 0) : undefined
}

/** Builds an init segment for a key. */
export function protectedInit({
  aes,
  init,
  type,
  encryption: { scheme, inBand },
  key,
}: Pick<SegmentToProtect, 'aes' | 'init' | 'type' | 'encryption' | 'key'>): Uint8Array {
  return protectInit(init, {
    type,
    scheme,
    ...trackEncryption(type, scheme, key),
    // Other DRM systems are signalled in manifests, unless keys rotate in band.
    pssh: inBand ? inBandBoxes(aes, scheme, key) : [commonBox(key)],
  })
}

/** A segment to be encrypted. */
export interface SegmentToProtect {
  readonly aes: Aes
  readonly name: MediaName
  readonly segment: ClearSegment
  readonly type: 'video' | 'audio'
  readonly encryption: Encryption
  readonly rule: MediaProtectionRule | undefined
  /** The track's clear init segment for the config in use. */
  readonly init: Uint8Array
  /** Key of the period the path names. */
  readonly key: MediaKey
  /** Keys of other periods. */
  readonly keyOf: (period: number) => Promise<MediaKey>
}

/** An encrypted segment. */
export interface ProtectedSegment {
  /** One behind the other: its head, events in it, and its samples. */
  readonly pieces: readonly Uint8Array[]
  /** Returns the buffer; call it when the pieces were sent. */
  readonly giveBack: () => void
}

/** Encrypts one segment: reads its samples into one buffer and encrypts them in place as they arrive. */
export async function protectedSegment(work: SegmentToProtect): Promise<ProtectedSegment> {
  const { type, segment } = work
  const { fragment, before } = segment
  const clear = readClearTrack(work.init, type)
  const period = periodOf(work, shownSeconds(fragment, clear))
  const isOwn = period !== work.encryption.period
  const key = isOwn ? await work.keyOf(period) : work.key
  const { bytes, giveBack } = segment.lend()
  try {
    const sealer = encryptorOf(work, { fragment, samples: bytes, clear, key, isOwn })
    await segment.bring(bytes, (until) => sealer.encryptUntil(until))
    const head = sealer.head()
    // `moof` counts from itself, so that events may stand between it and `styp`.
    const behind = before.length === 0 ? head.length : new DataView(head.buffer, head.byteOffset).getUint32(0)
    return { pieces: [head.subarray(0, behind), before, head.subarray(behind), bytes], giveBack }
  } catch (error) {
    giveBack()
    throw error
  }
}

interface ToEncrypt {
  readonly fragment: Fragment
  readonly samples: Uint8Array
  readonly clear: ClearTrack
  readonly key: MediaKey
  /** The key is not the one named in the init segment. */
  readonly isOwn: boolean
}

function encryptorOf(
  { aes, name: { timelineId, version, trackId }, type, encryption: { scheme } }: SegmentToProtect,
  { fragment, samples, clear, key, isOwn }: ToEncrypt,
): SegmentEncryptor {
  const subsamples = clear.subsamples?.(scheme)
  const ownKey: OwnKey | undefined = isOwn
    ? { encryption: trackEncryption(type, scheme, key), pssh: inBandBoxes(aes, scheme, key) }
    : undefined
  return segmentEncryptor(
    aes,
    { scheme, key: key.key, iv: key.iv },
    { identity: { timelineId, version, trackId }, type, ...(subsamples && { subsamples }) },
    { fragment: { ...fragment, ...(ownKey && { ownKey }) }, samples },
  )
}

/**
 * Tolerance: keys change at segment boundaries, up to half a segment off schedule; tracks' boundaries differ by frames.
 */
const slackSeconds = (lastsSeconds: number, timelineId: string): number =>
  Math.max(timelineId.startsWith('live/') ? channelSlackSeconds : defaultAim.seconds, lastsSeconds / 2)

/** A channel's segments of audio go with those of video, which may be ten times as long: up to 20 s, and a half. */
const channelSlackSeconds = 21

/** The period whose key encrypts a segment; the key of a period opens only what lies in that period. */
function periodOf(
  { rule, encryption, name }: SegmentToProtect,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const { period, inBand } = encryption
  const index = inBand ? rule?.inBand?.(period, (from + to) / 2) : period
  const span = index === undefined ? undefined : rule?.period(index)
  const slack = slackSeconds(to - from, name.timelineId)
  if (index !== undefined && span && from - slack < span.to && to + slack > span.from) return index
  throw new HeadendError(
    'MEDIA_PROTECTION',
    `the segment does not lie in key period ${index ?? period}; ask for the manifest again`,
    { status: 403 },
  )
}

/** A byte range of concatenated pieces. */
export function partOf(pieces: readonly Uint8Array[], from: number, until: number): Uint8Array[] {
  let at = 0
  return pieces.flatMap((piece) => {
    const start = Math.max(0, from - at)
    const end = Math.min(piece.length, until - at)
    at += piece.length
    return start < end ? [piece.subarray(start, end)] : []
  })
}
