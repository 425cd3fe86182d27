/** The door of DASH for readers of others' MPDs. */
export { dashSegments } from './dash-segments.ts'
