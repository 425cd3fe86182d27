/** The door of local event source mappings. */

export { type Checkpoints, openCheckpoints } from './checkpoints.ts'
export { createFilter, type Filter } from './filter.ts'
export type { Mapping, MappingOptions, MappingStats } from './mapping.ts'
export type { QueueMappingOptions } from './queue-mapping.ts'
export { createQueueMapping } from './queue-mapping.ts'
export type {
  Position,
  QueueMessage,
  QueueMessageAttribute,
  QueueSource,
  StreamRecord,
  StreamSource,
} from './sources.ts'
export type { StreamMappingOptions } from './stream-mapping.ts'
export { createStreamMapping } from './stream-mapping.ts'
