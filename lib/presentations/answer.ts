/** Presentations in API responses. */
import { manifestsOf } from '../assets/api/index.ts'
import type { PresentationAnswer, PresentationSummary } from './schema.ts'
import type { PresentationRow } from './store.ts'
import { isOfChannel, type StoredClip, type StoredPresentation } from './stored.ts'

const lengthOf = ({ from, to, timescale }: StoredClip): number => (to - from) / timescale

/** Milliseconds are precise enough for a person. */
const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000

/** Duration of a presentation in seconds. */
export const secondsOf = ({ clips }: StoredPresentation): number =>
  rounded(clips.reduce((sum, clip) => sum + lengthOf(clip), 0))

/** A presentation's entry in a list. */
export const summaryOf = (
  { id, version, durationSeconds, isProtected, updatedAt }: PresentationRow,
  root: string,
): PresentationSummary => ({
  id: id.slice('presentations/'.length),
  version,
  durationSeconds,
  protected: isProtected,
  manifests: manifestsOf(id, root),
  updatedAt,
})

/** A presentation with its clips and renditions. */
export function answerOf(row: PresentationRow, stored: StoredPresentation, root: string): PresentationAnswer {
  const { clips, renditions } = stored
  let at = 0
  return {
    ...summaryOf(row, root),
    clips: clips.map((clip) => {
      const { timelineId, version, role, from, to, timescale } = clip
      const start = at
      at += lengthOf(clip)
      const isChannel = isOfChannel(clip)
      return {
        ...(isChannel
          ? {
              channel: timelineId.slice('live/'.length),
              breaks: clip.breaks,
              replacements: clip.replacements.map((one) => one.timelineId.slice('vod/'.length)),
            }
          : { asset: timelineId.slice('vod/'.length) }),
        version,
        role,
        from: rounded(from / timescale),
        to: rounded(to / timescale),
        at: rounded(start),
      }
    }),
    renditions: renditions.map((rendition) => ({
      ...rendition,
      absentIn: clips.flatMap(({ tracks }, i) => (rendition.id in tracks ? [] : [i + 1])),
    })),
  }
}
