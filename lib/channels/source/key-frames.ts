/** Key frames of a channel's video as tracks for trick play: they follow from the segments, which begin with one each. */
import type { KeyFrames, LiveHead, LiveTrack } from '../../timeline/live/head.ts'
import { trickTrackId } from '../../timeline/live/placement.ts'
import type { Segment, Track, TrackConfig } from '../../timeline/timeline.ts'
import { trickChoice } from '../../timeline/trick-choice.ts'

/** The video whose key frames a track has; any other track is its own. */
export const videoOf = ({ tracks }: Pick<LiveHead, 'tracks'>, trackId: string): string =>
  tracks.find((one) => one.keyFrames && trickTrackId(one.id) === trackId)?.id ?? trackId

/**
 * Those that manifests offer, of the videos as they are shown. A segment that begins with something else is left out: as
 * a gap it would end Periods, whose ids are counted without these tracks.
 */
export const offeredKeyFrames = (head: LiveHead, shown: readonly Track[]): readonly Track[] =>
  trickVideos(head).flatMap((video) =>
    keyFrameTracks(video, shown, (segments) => segments.filter(({ sync }) => sync)),
  )

/** Those of one video, for a Media Playlist, where each segment has its number: a gap in place of what is left out. */
export const keyFramesNamed = (
  { tracks }: LiveHead,
  trackId: string,
  shown: readonly Track[],
): readonly Track[] =>
  tracks
    .filter(({ id }) => trickTrackId(id) === trackId)
    .flatMap((video) => keyFrameTracks(video, shown, (segments) => segments.map(keyFrameIn)))

/**
 * Chosen as a film's, but once and for all: what joins later than the channel begins has its key frames offered where
 * no other of its codec and range has, so that published Periods keep theirs.
 */
function trickVideos({ tracks, joins = {} }: LiveHead): readonly LiveTrack[] {
  const videos = tracks.filter(({ keyFrames }) => keyFrames !== undefined)
  const chosen = trickChoice(
    videos.filter(({ id }) => joins[id] === undefined),
    factsOf,
  )
  for (const one of videos) {
    const isCovered = chosen.some((other) => factsOf(other).family === factsOf(one).family)
    if (!isCovered) chosen.push(one)
  }
  return chosen
}

/** By its first config: what changes later changes no choice. */
function factsOf({ configs: [first] }: LiveTrack) {
  const { codec = '', videoRange = 'SDR', width = 0, height = 0 } = first ?? {}
  return {
    family: `${codec.split('.', 1)[0]} ${videoRange}`,
    lines: Math.min(width, height),
    // Rates are learned: of two that are alike in all else the first goes on to be taken.
    weight: 0,
  }
}

function keyFrameTracks(
  { id, keyFrames }: LiveTrack,
  shown: readonly Track[],
  without: (segments: readonly Segment[]) => readonly Segment[],
): readonly Track[] {
  const video = shown.find((one) => one.id === id)
  if (!keyFrames || !video) return []
  const { type, timescale, language, before, segments, configs } = video
  return [
    {
      id: trickTrackId(id),
      type,
      timescale,
      ...(language !== undefined && { language }),
      roles: [],
      bandwidth: keyFrames.bandwidth,
      configs: configs.map((config) => aloneIn(config, keyFrames)),
      before,
      // A hundred thousand of them are the same list, unless one of them begins with something else.
      segments: segments.every(({ sync }) => sync) ? segments : without(segments),
      trickOf: id,
    },
  ]
}

/** Nothing is shown before a key frame that stands alone. */
function aloneIn(config: TrackConfig, { frameRate }: KeyFrames): TrackConfig {
  const { sap: _, ...rest } = config
  return { ...rest, frameRate }
}

const keyFrameIn = (segment: Segment): Segment =>
  segment.sync ? segment : { ...segment, sync: true, gap: 'missing' }
