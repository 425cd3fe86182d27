/** Cues of a feed: kept once each, and where they ask segments to begin. */
import type { FeedCue } from '../../packaging/index.ts'
import { hourOf } from '../../timeline/live/head.ts'
import { cueTimescale } from '../cues/cue.ts'
import { boundariesOf } from '../cues/markers.ts'
import { cueId, cuesOf } from '../cues/read-cue.ts'
import type { KeptRef, LiveRef } from '../live/store.ts'
import type { FeedPorts, Outcome } from './ports.ts'

/** Cues as they were read. */
export interface Read {
  readonly cues: readonly FeedCue[]
  /** Added to their encoder's seconds. */
  readonly addSeconds: number
}

/** Keeps them. */
export async function takeCues(
  { live }: Pick<FeedPorts, 'live'>,
  ref: KeptRef,
  { cues, addSeconds }: Read,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const ticks = (seconds: number): number => Math.round((seconds + addSeconds) * cueTimescale)
  for (const { section, atSeconds, saidSeconds } of cues) {
    for (const cue of cuesOf(section, ticks(atSeconds), ticks(saidSeconds))) {
      const isNew = await live.putCue(ref, cueId(cue), cue)
      outcomes.push({ kind: 'cue', atSeconds: cue.at / cueTimescale, isNew })
    }
  }
  return outcomes
}

/** Times strictly within a segment (seconds since 1970) at which another should begin, in ticks of a cue's clock. */
export async function boundariesIn(
  { live }: Pick<FeedPorts, 'live'>,
  ref: LiveRef,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly number[]> {
  // Breaks end by themselves, some of them in the hour behind the one they began in.
  const cues = await live.cues(ref, hourOf(from) - 1, hourOf(to))
  return boundariesOf(cues).filter((at) => at > from * cueTimescale && at < to * cueTimescale)
}
