/** Media of protected content: what a path may be given, and how it is made. */
import { HeadendError } from '../errors.ts'
import type { Aes } from '../formats/cenc/aes.ts'
import { protectInit } from '../formats/isobmff/protect-init.ts'
import { type Fragment, segmentLength } from '../formats/isobmff/segment.ts'
import { kidsPssh, SYSTEM, writePssh } from '../formats/pssh/index.ts'
import { hexBytes, uuidText } from '../formats/uuid.ts'
import { keyLabelOf } from '../timeline/key-label.ts'
import type { MediaName, MediaProtection } from '../timeline/media-path.ts'
import type { Locator, TrackPlacement } from '../timeline/placement.ts'
import { gather } from './gather.ts'
import type { MediaReader } from './media-reader.ts'
import type { MediaKey, MediaProtectionRule } from './media-rights.ts'
import { patternOf, protectSegment } from './protect-segment.ts'
import { type ClearTrack, readClearTrack } from './protected-track.ts'
import { partsOf, planReads } from './read-plan.ts'
import { readEntry } from './sample-index.ts'

/** How a path wants its media encrypted. */
export type Encryption = Exclude<MediaProtection, { scheme: 'clear' }>

/**
 * Why a path may not have its media; undefined where it may. Protected pictures and sound leave as their rule says
 * and in no other way; what is in the clear has no other form.
 */
export function refusalOf(
  rule: MediaProtectionRule | undefined,
  { protection }: MediaName,
  { type, pixels }: Pick<TrackPlacement, 'type' | 'pixels'>,
): string | undefined {
  if (protection.scheme === 'clear')
    return rule && (type === 'video' || type === 'audio')
      ? 'this content is given encrypted alone'
      : undefined
  const { scheme, label, period } = protection
  if (!rule) return `this content has no ${scheme} rendering`
  if (!rule.schemes.includes(scheme)) return `this content is not encrypted with ${scheme}`
  const own = keyLabelOf(rule.sharing, { type, ...(pixels !== undefined && { pixels }) })
  if (label !== own) return `this track is not encrypted with a key for ${label}`
  return rule.period(period) ? undefined : `there is no key period ${period}, or it is over`
}

/** An init segment for a key. All of it follows from the key: the same for ever, whatever a policy says later. */
export function protectedInit(
  clear: Uint8Array,
  type: 'video' | 'audio',
  { scheme }: Encryption,
  { kid, iv }: MediaKey,
): Uint8Array {
  const bytes = hexBytes(kid, 'kid')
  return protectInit(clear, {
    type,
    scheme,
    kid: bytes,
    iv: scheme === 'cenc' ? { perSampleBytes: 16 } : { constant: iv },
    ...(scheme === 'cbcs' && { pattern: patternOf(type) }),
    // Of the licence systems manifests speak; a box whoever reads no manifest finds the key by is enough.
    pssh: [writePssh(kidsPssh(SYSTEM.common, [uuidText(bytes)]))],
  })
}

/** One segment to be encrypted. */
export interface SegmentToProtect {
  readonly reader: MediaReader
  readonly aes: Aes
  readonly name: MediaName
  readonly number: number
  readonly type: 'video' | 'audio'
  readonly encryption: Encryption
  readonly rule: MediaProtectionRule | undefined
  readonly locator: Extract<Locator, { kind: 'extents' }>
  /** The track's clear init segment of the config in force. */
  readonly init: Uint8Array
  readonly key: MediaKey
}

/** Head and samples of the segment: samples are read into one buffer and encrypted there. */
export async function protectedSegment(work: SegmentToProtect): Promise<readonly [Uint8Array, Uint8Array]> {
  const { reader, locator, name, type, encryption, key, number } = work
  const { object, index, entry } = locator
  const { fragment, extents } = readEntry(await reader.piece(index, entry), number)
  const clear = readClearTrack(work.init, type)
  assertInPeriod(work, fragment, clear)
  const { headBytes, totalBytes } = segmentLength(fragment)
  const samples = new Uint8Array(totalBytes - headBytes)
  const reads = planReads(partsOf(extents, 0))
  const nothing = new Uint8Array(0)
  let at = 0
  for await (const chunk of await gather({
    reader,
    object,
    head: nothing,
    reads,
    from: 0,
    until: samples.length,
  })) {
    samples.set(chunk, at)
    at += chunk.length
  }
  const subsamples = clear.subsamples?.(encryption.scheme)
  const { head } = protectSegment(
    work.aes,
    { scheme: encryption.scheme, key: key.key, iv: key.iv },
    {
      identity: { timelineId: name.timelineId, version: name.version, trackId: name.trackId },
      type,
      ...(subsamples && { subsamples }),
    },
    { fragment, samples },
  )
  return [head, samples]
}

/** Tracks' edges differ by frames, decode and presentation times by some pictures. */
const slackSeconds = 1

/** One period's key opens what lies in that period, and nothing else. */
function assertInPeriod(
  { rule, encryption }: SegmentToProtect,
  fragment: Fragment,
  { timescale }: ClearTrack,
): void {
  const period = rule?.period(encryption.period)
  const from = fragment.decodeTime / timescale
  const to = from + fragment.durations.reduce((sum, one) => sum + one, 0) / timescale
  if (!period || from - slackSeconds >= period.to || to + slackSeconds <= period.from)
    throw new HeadendError(
      'MEDIA_PROTECTION',
      `the segment does not lie in key period ${encryption.period}; ask for the manifest again`,
      { status: 403 },
    )
}

/** A part of what lies in several pieces. */
export function partOf(pieces: readonly Uint8Array[], from: number, until: number): Uint8Array[] {
  let at = 0
  return pieces.flatMap((piece) => {
    const start = Math.max(0, from - at)
    const end = Math.min(piece.length, until - at)
    at += piece.length
    return start < end ? [piece.subarray(start, end)] : []
  })
}
