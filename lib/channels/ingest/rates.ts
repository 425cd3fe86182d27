/** The rates a track is announced with, learned from its first segments. */
import { type FeedTrack, keyFrameBytes } from '../../packaging/index.ts'
import type { KeyFrames, LiveTrack } from '../../timeline/live/head.ts'
import type { Bandwidth } from '../../timeline/timeline.ts'

/** Encoders vary: a rate that is announced may not be passed by half. */
const peakShare = 1.5
/** Key frames vary more: nothing but the picture says how heavy they are. */
const keyFramePeakShare = 2
/** Bits per second: whatever comes first of text may be empty. */
const textRate = 8000

/** What the head says of a track's rates. */
type Rates = Pick<LiveTrack, 'bandwidth' | 'keyFrames'>

/** The rates of a track that begins with this segment. */
export const ratesOf = (track: FeedTrack): Rates => ({
  bandwidth: announced(rateOf(track), peakShare),
  ...(track.type === 'video' && { keyFrames: keyFramesOf(track) }),
})

/** Those that this segment raises; undefined if none. What began without key frames goes on so. */
export function higherRates(known: Rates, track: FeedTrack): Partial<Rates> | undefined {
  const [rate, keyFrameRate] = [rateOf(track), keyFrameRateOf(track)]
  const { bandwidth, keyFrames } = known
  const isHigher = rate > bandwidth.peak
  const areHigher = keyFrames !== undefined && track.sync && keyFrameRate > keyFrames.bandwidth.peak
  if (!isHigher && !areHigher) return undefined
  return {
    ...(isHigher && { bandwidth: announced(rate, peakShare) }),
    ...(areHigher && { keyFrames: { ...keyFrames, bandwidth: announced(keyFrameRate, keyFramePeakShare) } }),
  }
}

const announced = (rate: number, share: number): Bandwidth => ({
  average: rate,
  peak: Math.ceil(rate * share),
})

function rateOf({ type, extents, timescale, duration }: FeedTrack): number {
  const bytes = extents.reduce((sum, { length }) => sum + length, 0)
  return Math.max(type === 'text' ? textRate : 0, rateFor(bytes, duration / timescale))
}

const keyFrameRateOf = (track: FeedTrack): number =>
  rateFor(keyFrameBytes(track), track.duration / track.timescale)

/** Bits per second. */
const rateFor = (bytes: number, seconds: number): number => Math.ceil((bytes * 8) / seconds)

function keyFramesOf(track: FeedTrack): KeyFrames {
  const ms = Math.max(1, Math.round((track.duration * 1000) / track.timescale))
  return {
    bandwidth: announced(keyFrameRateOf(track), keyFramePeakShare),
    frameRate: ms % 1000 === 0 ? [1, ms / 1000] : [1000, ms],
  }
}
