/** What the archiver of channels works with. */
import type { FeedPorts } from '../ingest/ports.ts'

/** The media bucket. Every write may be repeated. */
export interface ArchivePorts extends Pick<FeedPorts, 'object' | 'putOnce'> {
  /** Whether there is such an object. */
  has(key: string): Promise<boolean>
  /** Writes a large object, unless there is one by then. `keepDays`: when the bucket lets go of it. */
  putStream(key: string, chunks: AsyncIterable<Uint8Array>, keepDays: number): Promise<void>
}
