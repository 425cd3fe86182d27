/** An event of a room as a rule of EventBridge hands it on. */
import type { RoomEvent } from '../../lib/platform/events/event-type.ts'

/** The body of the message. */
export const onBus = ({ source, name, detail }: RoomEvent): string =>
  JSON.stringify({
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': name,
    source,
    account: '000000000000',
    time: detail.at,
    region: 'us-east-1',
    resources: [],
    detail,
  })
