/** What the minute's clock of channels works with. */
import type { Log } from '../../platform/log.ts'
import type { FeedPorts } from '../ingest/ports.ts'
import type { ChannelStore } from '../store.ts'

/** Stores and clock. */
export interface ClockPorts
  extends Pick<FeedPorts, 'live' | 'putOnce' | 'archive' | 'facts' | 'now' | 'pauses'> {
  readonly channels: Pick<ChannelStore, 'page'>
  /** Wall clock at which an object of the media bucket was written, in epoch milliseconds; undefined if it is gone. */
  writtenMs(key: string): Promise<number | undefined>
  readonly log: Log
}
