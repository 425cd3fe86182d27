/** Captions within video: CEA-608 and CEA-708. */
export { readCcData } from './cc-data.ts'
export { CaptionServices } from './services.ts'
