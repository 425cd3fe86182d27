/** Events that rights publish to other rooms. */
import * as z from 'zod'
import { type AssetRowChange, type ChannelRowChange, contentOf } from '../../assets/index.ts'
import { defineEvent, eventOf, type Happening, type RoomEvent } from '../../platform/events/event-type.ts'
import type { ContentId } from '../../timeline/ids.ts'

/** A new protection state is in force. */
export const protectionChanged = defineEvent({
  source: 'headend.rights',
  name: 'ProtectionChanged',
  version: 1,
  meaning:
    'Another state of protection is in force for what plays: a policy or its keys changed, it began or it ended.',
  schema: z.object({
    contentId: z.string().min(1).describe('what plays: `vod/<assetId>` or `live/<channelId>`'),
    isProtected: z.boolean().describe('false: it is shown in the clear'),
    protection: z
      .string()
      .min(1)
      .optional()
      .describe('names the state in force; absent where it is not protected'),
  }),
})

/** All events of this room. */
export const rightsEvents = [protectionChanged] as const

/** Events for a change of an asset's row. Deleting an asset clears its state name, but is not a protection change. */
export function eventsOfProtection(change: AssetRowChange): readonly RoomEvent[] {
  const { assetId, before, after } = change
  if (!after || after.state === 'deleting' || after.protection === before?.protection) return []
  const { protection } = after
  return [changed(change, contentOf(assetId), protection)]
}

/** The same for a change of a channel's row. */
export function eventsOfChannelProtection(change: ChannelRowChange): readonly RoomEvent[] {
  const { contentId, before, after } = change
  return before === after ? [] : [changed(change, contentId, after)]
}

const changed = (change: Happening, contentId: ContentId, protection: string | undefined): RoomEvent =>
  eventOf(protectionChanged, change, {
    contentId,
    isProtected: protection !== undefined,
    ...(protection !== undefined && { protection }),
  })
