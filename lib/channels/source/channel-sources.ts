/** Channels as they run, and their ranges as films, over one reader: what never changes is kept once. */
import type { PresentationSource, ReadRange } from '../../delivery/index.ts'
import { type ChannelRangePorts, channelRanges } from './channel-range.ts'
import { channelReader } from './channel-reader.ts'
import { liveSource } from './live-source.ts'

/** Both. */
export function channelSources(ports: ChannelRangePorts): {
  readonly live: PresentationSource
  readonly ranges: ReadRange
} {
  const channel = channelReader(ports.live, ports.now)
  return { live: liveSource(ports, channel), ranges: channelRanges(ports, channel) }
}
