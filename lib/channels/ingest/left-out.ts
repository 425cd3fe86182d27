/** What is said of a segment that is left out though nothing is wrong with it: others have its place. */
import type { FeedTrack } from '../../packaging/index.ts'
import type { Channel } from '../channel.ts'
import { patienceSegments } from './holes.ts'
import type { Outcome } from './ports.ts'

/** How it came. */
interface LeftOut {
  readonly track: FeedTrack
  readonly recorded: Outcome
  readonly writtenMs: number
  /** When its run began; undefined if that is not known. */
  readonly sinceMs: number | undefined
  /** The first track of its object: once is enough. */
  readonly isLead: boolean
}

/** Says it. Redundant pipelines may be set up a little differently, and begin at different times. */
export function leftOut({ pipelines = [], segmentSeconds }: Channel, came: LeftOut): readonly Outcome[] {
  if (pipelines.length > 0) return []
  const { writtenMs, sinceMs = writtenMs } = came
  const isLong = writtenMs - sinceMs > patienceSegments * segmentSeconds * 1000
  return [...otherQuality(came), ...overrun(came, isLong)]
}

/**
 * Two qualities under names that differ in their last number alone, as FFmpeg's `out_%v.m3u8` writes `out_00.ts` and
 * `out_10.ts`: the second would vanish without a word.
 */
function otherQuality({ track: { type, config }, recorded }: LeftOut): readonly Outcome[] {
  if (recorded.kind !== 'known' || !recorded.isOther || type !== 'video') return []
  const shape = `${config.codec} ${config.width ?? '?'}x${config.height ?? '?'}`
  const why = `${recorded.trackId}: expected one quality under a name, got ${shape} where another is already; give each a folder, or a name with something between quality and number`
  return [{ kind: 'damaged', code: 'FEED_STREAM', why }]
}

/**
 * Its run lies where another one is: an encoder that writes faster than its video plays is placed anew when it is too far
 * ahead, and two encoders that count differently both go on. One that only restarts has its first segment there at most.
 */
function overrun({ recorded, isLead }: LeftOut, isLong: boolean): readonly Outcome[] {
  if (recorded.kind !== 'known' || !recorded.otherRun || !isLead) return []
  if (!recorded.otherRun.goesOn && !isLong) return []
  const why = `${recorded.trackId}: expected one encoder that writes as fast as its video plays, got a segment for a time that has one of another run; let it write in real time, or stop one of two encoders`
  return [{ kind: 'damaged', code: 'FEED_CLOCK', why }]
}

/** Two encoders that were not told to be pipelines, or one that sends again what it has sent. */
export const doubled = (trackId: string): Outcome => ({
  kind: 'damaged',
  code: 'FEED_STREAM',
  why: `${trackId}: expected one encoder, got a segment of a time that another one was written for more than a segment before; stop one of the two, or name their folders as the channel's pipelines`,
})
