/**
 * Where the media of a live timeline lie: each init segment and each segment is an object named as its URL is, and the
 * key frames for trick play are in the video's. Nothing has to be read to find them, and nothing that was read can be
 * out of date.
 */
import type { MediaName } from '../media-path.ts'
import type { TrackPlacement } from '../placement.ts'
import { timelinePrefix } from '../stored.ts'
import type { TrackType } from '../timeline.ts'

/** Id of a live track: its type and its place in the head. */
export const liveTrackId = (type: TrackType, place: number): string => `${type}-${place}`

/** Id of the track of a video's key frames, which has no objects of its own. */
export const trickTrackId = (videoId: string): string => `${videoId}-trick`

const trackForm = /^((video|audio|text|image|metadata)-[1-9]\d{0,3})(-trick)?$/

/** Key prefix of a live track's objects in the media bucket. */
export const liveObjects = (id: string, version: string, trackId: string): string =>
  `${timelinePrefix(id, version)}${trackId}/`

/** Placement of the track that a path names; undefined if it is no live timeline's. */
export function liveTrack({
  timelineId,
  version,
  trackId,
}: Pick<MediaName, 'timelineId' | 'version' | 'trackId'>): TrackPlacement | undefined {
  const [, ownId = '', type, trick] = trackForm.exec(trackId) ?? []
  if (type === undefined || !timelineId.startsWith('live/')) return undefined
  if (trick !== undefined && type !== 'video') return undefined
  return {
    type: type as TrackType,
    objects: liveObjects(timelineId, version, ownId),
    ...(trick !== undefined && { keyFramesOnly: true }),
    inits: {},
    segments: {},
  }
}
