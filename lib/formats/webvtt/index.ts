/** WebVTT (W3C). */
export { type Cue, maxCueBytes, maxCues, type WebVtt } from './cue.ts'
export { decodeText } from './decode.ts'
export { escapeCueText, hasTimestamps, shiftTimestamps } from './payload.ts'
export { readWebVtt } from './read.ts'
export { timestamp, timestampMs, timestampPattern } from './timestamp.ts'
export { webVttHeader, writeWebVtt } from './write.ts'
