/** Delivery: manifests of presentations, at the edge and in the region. */

export { codecFamily } from './codec-family.ts'
export { dashMpd } from './dash/mpd.ts'
export { patchedMpd } from './dash/patched-mpd.ts'
export { edgeFaultHeader } from './edge-fault.ts'
export { edgeManifests } from './edge-manifests.ts'
export { withCueTags } from './hls/cue-tags.ts'
export { hlsMedia } from './hls/media.ts'
export { hlsMultivariant } from './hls/multivariant.ts'
export { livePlaylistUri, mediaPlaylistUri, type PathWindow, type ProtectedForm } from './manifest-path.ts'
export { referenceTrackOf } from './protection/key-boundaries.ts'
export type { Signalling } from './protection/key-facts.ts'
export { protectedPresentation } from './protection/protected-film.ts'
export { askedProtection, signallingOf } from './protection/signalling.ts'
export { type CurrentTimeline, type ReadTimeline, readTimeline, type TimelineReader } from './read.ts'
export { fault, type ManifestRequest, type ManifestResponse, respond, respondAlways } from './respond.ts'
export type { ChannelRange, RangeAsked, ReadRange } from './sources/channel-range.ts'
export { edgeSources } from './sources/edge-sources.ts'
export { vodPresentation } from './sources/film.ts'
export { renditionsOf } from './sources/renditions.ts'
export {
  type GivenPresentation,
  type NotGiven,
  type PresentationRequest,
  type PresentationSource,
} from './sources/source.ts'
