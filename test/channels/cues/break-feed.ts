/** A feed of transport streams with a break in it, which begins and ends where no segment of its encoder does. */
import { type Written, writtenBy } from '../feeds.ts'
import { withCues } from './cued-stream.ts'
import { type MadeSplice, splice } from './make-cues.ts'

/** Seconds of the feed at which the break begins and ends; its encoder has key frames there, between those of the cadence. */
export const breakSeconds = { out: 7.04, back: 15.04 } as const
const feedSeconds = 24

const ticks = (seconds: number): number => Math.round(seconds * 90_000)

/** The feed as FFmpeg writes it, the same with its cues, and the PTS of its first frame; the first cue may come too late. */
export async function breakFeed(
  codec: 'avc' | 'hevc' = 'avc',
  isLate = false,
): Promise<{
  readonly plain: readonly Written[]
  readonly feed: readonly Written[]
  readonly firstPts: number
}> {
  const { out, back } = breakSeconds
  const keys = [2, 4, 6, out, 8, 10, 12, 14, back, 16, 18, 20, 22].join()
  const encoder =
    codec === 'avc' ? '' : '-c:v libx265 -forced-idr 1 -tag:v hvc1 -x265-params open-gop=0:log-level=none'
  const plain = writtenBy('ts', feedSeconds, `-force_key_frames ${keys} ${encoder}`)
  const cued = await withCues(plain, (firstPts) => {
    const cue = (seconds: number, made: Partial<MadeSplice>) => ({
      at: seconds,
      bytes: splice({ id: 1, ...made, pts: firstPts + ticks(seconds) }),
    })
    const begin = cue(out, { out: true, duration: ticks(back - out) })
    // Who comes late, once, in the segment behind its own.
    return [isLate ? { ...begin, ahead: [-1] } : begin, cue(back, { out: false })]
  })
  return { plain, ...cued }
}
