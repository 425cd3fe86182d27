/** Language and name of a WebVTT track: as the multivariant playlist says, else as the names of its segments do. */
import { type TextFacts, textFactsOf } from '../../packaging/index.ts'
import type { Channel } from '../channel.ts'
import type { FeedObject, FeedPorts } from './ports.ts'
import { streamOf } from './stream-name.ts'

/** What is known of it. */
export async function textFacts(
  _ports: Pick<FeedPorts, 'live'>,
  { path }: FeedObject,
  channel: Channel,
): Promise<TextFacts> {
  return textFactsOf(streamOf(path, channel.pipelines))
}
