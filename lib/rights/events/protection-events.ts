/** Events that rights publish to other rooms. */
import * as z from 'zod'
import { type AssetRowChange, contentOf } from '../../assets/index.ts'
import { defineEvent, eventOf, type RoomEvent } from '../../platform/events/event-type.ts'

/** A new protection state is in force. */
export const protectionChanged = defineEvent({
  source: 'headend.rights',
  name: 'ProtectionChanged',
  version: 1,
  meaning:
    'Another state of protection is in force for what plays: a policy or its keys changed, it began or it ended.',
  schema: z.object({
    contentId: z.string().min(1).describe('what plays: `vod/<assetId>`'),
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
  return [
    eventOf(protectionChanged, change, {
      contentId: contentOf(assetId),
      isProtected: protection !== undefined,
      ...(protection !== undefined && { protection }),
    }),
  ]
}
