/** Channels: feeds of encoders as live timelines, and what viewers see of them. */
export type { Channel } from './channel.ts'
export { runMinute } from './clock/minute.ts'
export { takeMessage } from './ingest/message.ts'
export { answerIngest } from './ingest-api/answer.ts'
export { seenCues } from './manifests/seen-cues.ts'
export { addChannelsRoutes, type ChannelsPorts } from './routes.ts'
export { clockUrlOf } from './source/clock-url.ts'
export { liveSource } from './source/live-source.ts'
