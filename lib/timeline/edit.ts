/**
 * Edit lists: append clips, splice one list into another, slide a window. Whatever an edit leaves in place keeps its
 * ordinal, its time and its counts, so that reloading players find what they know.
 */
import { HeadendError } from '../errors.ts'
import { contentAt, presentationTicks } from './content-time.ts'
import { countsAfter, countsAt, hasSegmentsFrom } from './counts.ts'
import type { Clip, Presentation } from './presentation.ts'
import { noCounts, type Ticks, type Timeline } from './timeline.ts'

/** A range of a timeline to show; its time and the counts before it follow from the preceding clips. */
export interface Cut extends Pick<Clip, 'timeline' | 'from' | 'to'> {
  /** @default content */
  readonly role?: Clip['role']
  /** Rendition id to track id. @default the tracks with the ids of the renditions */
  readonly tracks?: Clip['tracks']
  /** @default in the clear */
  readonly protection?: Clip['protection']
}

/** The facts of a presentation that clips are counted with. */
export type Frame = Pick<Presentation, 'timescale' | 'targetSeconds' | 'renditions'>

/** Cuts as clips, from presentation time 0 on. */
export const clipsOf = (frame: Frame, cuts: readonly Cut[]): readonly Clip[] => withCuts(frame, [], cuts)

/**
 * Appends a cut to a clip. Throws PRESENTATION_OPEN if that clip's end is unknown or its timeline has not reached it:
 * counts must never change later.
 */
export function clipAfter(frame: Frame, previous: Clip | undefined, cut: Cut): Clip {
  const { renditions, targetSeconds } = frame
  const byRendition = <Value>(value: (id: string) => Value) =>
    Object.fromEntries(renditions.map(({ id }) => [id, value(id)]))
  const { timeline, from, role = 'content', protection = { scheme: 'clear' } } = cut
  const tracks = cut.tracks ?? ownTracks(frame, timeline)
  return {
    ordinal: previous ? previous.ordinal + 1 : 0,
    timeline,
    from,
    ...(cut.to !== undefined && { to: cut.to }),
    at: previous ? endOf(frame, previous) : 0,
    role,
    tracks,
    protection,
    before: byRendition((id) => (previous ? countsAfter(previous, id, targetSeconds) : noCounts)),
    first: byRendition((id) => countsAt(timeline, tracks[id], from)),
  }
}

/** The presentation with cuts appended. */
export const appended = (presentation: Presentation, cuts: readonly Cut[]): Presentation => ({
  ...presentation,
  clips: withCuts(presentation, presentation.clips, cuts),
})

function withCuts(frame: Frame, before: readonly Clip[], cuts: readonly Cut[]): readonly Clip[] {
  const clips = [...before]
  for (const cut of cuts) clips.push(clipAfter(frame, clips.at(-1), cut))
  return clips
}

/**
 * Splices cuts in at a presentation time: `over` replaces what is shown there, as ads do in a break of equal length;
 * `between` inserts. Clips that end before it are kept; those after it are placed and counted again.
 */
export function spliced(
  presentation: Presentation,
  at: Ticks,
  { cuts, mode }: { readonly cuts: readonly Cut[]; readonly mode: 'over' | 'between' },
): Presentation {
  const head = cutBehind(presentation, at)
  const filled = appended({ ...presentation, clips: head }, cuts)
  const resumeAt = mode === 'between' ? at : endOf(presentation, filled.clips.at(-1))
  return appended(filled, cutsFrom(presentation, resumeAt))
}

/** The presentation ended at a time. */
export const ended = (presentation: Presentation, at: Ticks): Presentation => ({
  ...presentation,
  clips: cutBehind(presentation, at),
})

/** The presentation with another window; clips that end before it are dropped. */
export function withWindow(
  presentation: Presentation,
  window: NonNullable<Presentation['window']>,
): Presentation {
  const isGone = (clip: Clip): boolean =>
    clip.to !== undefined && presentationTicks(presentation, clip, clip.to) <= window.from
  return { ...presentation, window, clips: presentation.clips.filter((clip) => !isGone(clip)) }
}

/**
 * The presentation with a newer state of a timeline: more segments, expired ones, overlays. Counts of a clip are kept;
 * those of a clip whose first segment did not exist yet are computed now.
 */
export const withTimeline = (presentation: Presentation, timeline: Timeline): Presentation => ({
  ...presentation,
  clips: presentation.clips.map((clip) => {
    if (clip.timeline.id !== timeline.id || clip.timeline.version !== timeline.version) return clip
    const first = Object.entries(clip.first).map(([id, counts]) => {
      const trackId = clip.tracks[id]
      const isCounted = hasSegmentsFrom(clip.timeline, trackId, clip.from)
      return [id, isCounted ? counts : countsAt(timeline, trackId, clip.from)]
    })
    return { ...clip, timeline, first: Object.fromEntries(first) }
  }),
})

/** Clips that start before a time, the last of them ended there. */
function cutBehind(presentation: Presentation, at: Ticks): readonly Clip[] {
  const place = contentAt(presentation, at)
  return presentation.clips.flatMap((clip) => {
    if (clip.at >= at) return []
    return clip === place?.clip ? [{ ...clip, to: place.ticks }] : [clip]
  })
}

/** The content shown from a time on, as cuts. */
function cutsFrom(presentation: Presentation, at: Ticks): readonly Cut[] {
  const place = contentAt(presentation, at)
  return presentation.clips.flatMap((clip) => {
    if (clip === place?.clip) return [{ ...clip, from: place.ticks }]
    return clip.at >= at ? [clip] : []
  })
}

/** Presentation time of a clip's end. */
function endOf(frame: Frame, clip: Clip | undefined): Ticks {
  if (!clip) return 0
  const { timeline, to } = clip
  if (to === undefined || (timeline.state === 'open' && timeline.sealedThrough < to))
    throw new HeadendError(
      'PRESENTATION_OPEN',
      `clip ${clip.ordinal} of ${timeline.id}: expected segments through its end at ${String(to)}, got them through ${timeline.sealedThrough}; put the next clip behind it when they are there`,
      { status: 500 },
    )
  return presentationTicks(frame, clip, to)
}

const ownTracks = ({ renditions }: Frame, { tracks }: Timeline): Clip['tracks'] =>
  Object.fromEntries(
    renditions.filter(({ id }) => tracks.some((track) => track.id === id)).map(({ id }) => [id, id]),
  )
