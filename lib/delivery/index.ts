/** Delivery: manifests of presentations, at the edge and in the region. */

export { dashMpd } from './dash-mpd.ts'
export { edgeFaultHeader, edgeFaultOf } from './edge-fault.ts'
export { filmPresentation } from './film.ts'
export { hlsMedia } from './hls-media.ts'
export { hlsMultivariant } from './hls-multivariant.ts'
export type { TimelineReader } from './read.ts'
export { renditionsOf } from './renditions.ts'
export { fault, type ManifestRequest, type ManifestResponse, respond, respondAlways } from './respond.ts'
export { type PresentationSource } from './sources.ts'
