/** SubRip. */
export { readSrt } from './read.ts'
