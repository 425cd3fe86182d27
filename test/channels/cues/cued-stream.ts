/** A feed of transport streams with sections in it. */
import { readFeedStream } from '../../../lib/packaging/index.ts'
import { segmentSeconds, type Written } from '../feeds.ts'
import { withSections } from './make-cues.ts'

/** A section, and where it goes. */
export interface CueInStream {
  /** Seconds of the feed at which what it says happens. */
  readonly at: number
  readonly bytes: Uint8Array
  /** In which segments, counted back from the one it is about. @default the two before that */
  readonly ahead?: readonly number[]
}

/** Puts cues, which are made for the PTS of its first frame, into a feed of FFmpeg's. */
export async function withCues(
  plain: readonly Written[],
  cuesFor: (firstPts: number) => readonly CueInStream[],
): Promise<{ readonly feed: readonly Written[]; readonly firstPts: number }> {
  const { tracks } = await readFeedStream('first', plain[0]?.bytes ?? Buffer.alloc(0))
  // Its clock is ten seconds ahead of the stream's.
  const firstPts = (tracks.find(({ type }) => type === 'video')?.start ?? 0) - 10 * 90_000
  const cues = cuesFor(firstPts)
  const feed = plain.map(({ path, bytes }, i) => {
    const here = cues.filter(({ at, ahead = [1, 2] }) => ahead.includes(Math.floor(at / segmentSeconds) - i))
    return {
      path,
      bytes: withSections(
        bytes,
        here.map((cue) => ({ bytes: cue.bytes, behind: 20 })),
      ),
    }
  })
  return { feed, firstPts }
}
