/** The door of DASH for those who print no MPD. */
export { dashSegments } from './dash-segments.ts'
export { outputProtectionMarkup } from './output-protection.ts'
