/** MPEG-DASH (ISO/IEC 23009-1). */

export { captionAccessibilities } from './caption-services.ts'
export { dashSegments } from './dash-segments.ts'
export type {
  AdaptationSet,
  ContentProtection,
  DashEvent,
  Descriptor,
  EventStream,
  Mpd,
  Period,
  Representation,
} from './mpd.ts'
export { outputProtection, outputProtectionMarkup } from './output-protection.ts'
export { printMpd } from './print-mpd.ts'
export { printPatch, printPatchEnd } from './print-patch.ts'
export { hasCueEvents, type MpdCue, type MpdCues, readMpdCues } from './read-cues.ts'
