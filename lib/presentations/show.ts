/** What a stored presentation shows, of contents that were read, as a presentation. */
import type { ChannelRange, PresentationRequest } from '../delivery/index.ts'
import { type Cut, clipsOf } from '../timeline/edit.ts'
import { filledToEnd, lengthened, type ShownTrack, shownSeconds } from '../timeline/even-ends.ts'
import type { Presentation, Protection } from '../timeline/presentation.ts'
import type { Timeline } from '../timeline/timeline.ts'
import { piecesOf } from './channel-clip.ts'
import { renditionsShown } from './renditions.ts'
import { isOfChannel, type StoredClip, type StoredPresentation } from './stored.ts'

/** Timeline and protection of a clip's content. */
export interface ShownContent {
  readonly timeline: Timeline
  readonly protection: Protection
  /** Of a channel alone. */
  readonly range?: ChannelRange
}

/** Contents by their ids. */
type Shown = ReadonlyMap<string, ShownContent | undefined>

/** The presentation; without clips where nothing of it has come yet. */
export function presentationOf(
  { name }: PresentationRequest,
  stored: StoredPresentation,
  shown: Shown,
): Presentation {
  const { id, timescale, targetSeconds } = stored
  const { cuts: whole, isWhole } = cutsOf(stored, shown)
  const isUneven = name.kind === 'media' && stored.clips.some(isOfChannel)
  const cuts = isUneven ? withEvenAudio(whole, { renditionId: name.renditionId, isWhole }) : whole
  const reference = shown.get(stored.reference)?.timeline
  const all = reference ? renditionsShown(reference, cuts) : []
  const renditions = name.kind === 'media' ? all.filter((one) => one.id === name.renditionId) : all
  const frame = { timescale, targetSeconds, renditions }
  const clips = clipsOf(frame, cuts)
  const { publishedMs, clockUrl } = [...shown.values()].find((one) => one?.range)?.range ?? {}
  const hasGrown = stored.clips.some((clip) => isOfChannel(clip) && clip.grows)
  const first = clips.find(({ timeline }) => shown.get(timeline.id)?.range)
  return {
    id,
    kind: isWhole ? 'vod' : 'event',
    ...(isWhole && hasGrown && { hasGrown }),
    ...frame,
    clips,
    ...(publishedMs !== undefined && { publishedMs }),
    ...(clockUrl !== undefined && { clockUrl }),
    // HLS is dated by the channel's own clock, which goes on where a break is left out.
    ...(name.kind === 'mpd' &&
      (hasGrown || !isWhole) &&
      first && { epochMs: Math.floor(first.from) - Math.ceil((first.at * 1000) / timescale) }),
  }
}

/**
 * Cuts of a rendition that is audio, those of channels with audio up to their ends. What is whole lasts as long as the
 * video: its last segment has no other behind it, or had none when it was published, and is said to be longer.
 */
function withEvenAudio(
  cuts: readonly ShownCut[],
  { renditionId, isWhole }: { readonly renditionId: string; readonly isWhole: boolean },
): readonly ShownCut[] {
  const audioOf = (cut: ShownCut) => {
    const track = cut.timeline.tracks.find(({ id }) => id === cut.tracks[renditionId])
    return track?.type === 'audio' ? { ...cut, track } : undefined
  }
  const filled = cuts.map((cut) => {
    const audio = cut.goesOn ? audioOf(cut) : undefined
    return audio ? { ...cut, timeline: filledToEnd(audio) } : cut
  })
  return isWhole ? evenEnded(filled, filled.map(audioOf)) : filled
}

function evenEnded(
  cuts: readonly ShownCut[],
  shown: readonly (ShownTrack | undefined)[],
): readonly ShownCut[] {
  const apart = cuts.reduce((sum, { from, to, timeline }, i) => {
    const one = shown[i]
    return sum + (to - from) / timeline.timescale - (one ? shownSeconds(one) : 0)
  }, 0)
  const last = shown.at(-1)
  const [lastCut] = cuts.slice(-1)
  if (!last || !lastCut) return cuts
  return [...cuts.slice(0, -1), { ...lastCut, timeline: lengthened(last, apart) }]
}

/** A cut whose end and tracks are known. */
type ShownCut = Cut &
  Required<Pick<Cut, 'to' | 'tracks'>> & {
    /** Of a channel: its media go on behind it, and are published. */
    readonly goesOn?: boolean
  }

/** What is shown, in order, up to where something has not come yet. */
function cutsOf(
  { clips, reference }: StoredPresentation,
  shown: Shown,
): { readonly cuts: readonly ShownCut[]; readonly isWhole: boolean } {
  const cuts: ShownCut[] = []
  const add = (clip: StoredClip, range: Pick<ShownCut, 'from' | 'to' | 'goesOn'>): void => {
    const { timelineId, tracks: named, role } = clip
    const content = shown.get(timelineId)
    if (!content) return
    const { timeline, protection } = content
    // Tracks that cannot be protected have been removed from the timeline; a channel's key frames are not stored.
    const trick = timelineId === reference ? timeline.tracks.filter(({ trickOf }) => trickOf) : []
    const tracks = Object.fromEntries([
      ...Object.entries(named).filter(([, track]) => timeline.tracks.some((one) => one.id === track)),
      ...trick.map((track) => [track.id, track.id] as const),
    ])
    const { from, to, goesOn } = range
    cuts.push({
      timeline,
      from,
      to,
      role,
      tracks,
      protection: ofRenditions(protection, tracks),
      ...(goesOn && { goesOn }),
    })
  }
  for (const clip of clips) {
    const range = shown.get(clip.timelineId)?.range
    if (!isOfChannel(clip)) add(clip, clip)
    else if (range) {
      const { tracks } = range.timeline
      const lead = tracks.find(({ type, trickOf }) => type === 'video' && !trickOf) ?? tracks[0]
      const { pieces, isWhole } = piecesOf(clip, lead ?? { segments: [], timescale: 1 }, range)
      for (const piece of pieces)
        if (piece === 'replacements') for (const one of clip.replacements) add(one, one)
        // What was whole when it was stored has what comes behind it beside it for good.
        else add(clip, { ...piece, goesOn: piece.endsAtBreak ?? clip.grows !== true })
      if (!isWhole) return { cuts, isWhole }
    }
  }
  return { cuts, isWhole: true }
}

/** Converts key labels from track IDs to rendition IDs. */
function ofRenditions(protection: Protection, tracks: Readonly<Record<string, string>>): Protection {
  if (protection.scheme === 'clear') return protection
  const labels = Object.entries(tracks).flatMap(([rendition, track]) => {
    const label = protection.labels[track]
    return label === undefined ? [] : [[rendition, label] as const]
  })
  return { ...protection, labels: Object.fromEntries(labels) }
}
