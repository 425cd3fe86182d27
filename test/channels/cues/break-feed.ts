/** A feed of transport streams with a break in it, which begins and ends where no segment of its encoder does. */
import { readFeedStream } from '../../../lib/packaging/index.ts'
import { segmentSeconds, type Written, writtenBy } from '../feeds.ts'
import { splice, withSections } from './make-cues.ts'

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
  const stream = await readFeedStream('first', plain[0]?.bytes ?? Buffer.alloc(0))
  const video = stream.tracks.find(({ type }) => type === 'video')
  // Its clock is ten seconds ahead of the stream's.
  const firstPts = (video?.start ?? 0) - ticks(10)
  const cues = [
    { seconds: out, id: 1, out: true, duration: ticks(back - out) },
    { seconds: back, id: 1, out: false },
  ]
  // Each twice, in the two segments before its own; who comes late, once, in the one behind it.
  const aheadOf = ({ out: isOut }: { readonly out: boolean }) => (isLate && isOut ? [-1] : [1, 2])
  const feed = plain.map(({ path, bytes }, i) => {
    const here = cues.filter((cue) => aheadOf(cue).includes(Math.floor(cue.seconds / segmentSeconds) - i))
    const sections = here.map(({ seconds, ...made }) => ({
      bytes: splice({ ...made, pts: firstPts + ticks(seconds) }),
      behind: 20,
    }))
    return { path, bytes: withSections(bytes, sections) }
  })
  return { plain, feed, firstPts }
}
