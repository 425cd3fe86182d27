/** Publishes events for changes of assets on the event bus, from the stream of the index table. */
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { assetRowChange, channelRowChange, eventsOfAsset } from '../../lib/assets/index.ts'
import { consumeStream } from '../../lib/platform/batch.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { eventBus } from '../../lib/platform/events/event-bus.ts'
import { logOf } from '../../lib/platform/log.ts'
import { eventsOfChannelProtection, eventsOfProtection } from '../../lib/rights/index.ts'

const bus = eventBus(readConfig(['EVENT_BUS']).EVENT_BUS)

export function handler(
  event: DynamoDBStreamEvent,
  { awsRequestId }: Context,
): Promise<DynamoDBBatchResponse> {
  const log = logOf({ handler: 'announce', requestId: awsRequestId })
  return consumeStream(event, {
    log,
    failure: 'announcing failed',
    read(record) {
      const channel = channelRowChange(record)
      if (channel) return eventsOfChannelProtection(channel)
      const change = assetRowChange(record)
      return change ? [...eventsOfAsset(change), ...eventsOfProtection(change)] : []
    },
    async done(events) {
      const failed = await bus.put(events)
      for (const one of events)
        if (!failed.has(one)) log.info('announced', { event: one.name, ...one.detail })
      return failed
    },
  })
}
