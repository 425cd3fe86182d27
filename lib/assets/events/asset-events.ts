/** The events that assets publish to other rooms. */
import * as z from 'zod'
import { defineEvent, eventOf, type RoomEvent } from '../../platform/events/event-type.ts'
import type { AssetRowChange } from './row-change.ts'

const source = 'headend.assets'
const assetId = z.string().min(1).describe('of the asset; what plays is `vod/<assetId>`')
const revision = z
  .number()
  .int()
  .nonnegative()
  .describe('of the asset: grows with each upload, each asking for indexing again, and its deletion')

/** A version of the asset became playable. */
export const assetReady = defineEvent({
  source,
  name: 'AssetReady',
  version: 1,
  meaning: 'A version of an asset’s timeline began to play, its first one or one in the place of another.',
  schema: z.object({
    assetId,
    revision,
    timeline: z.string().min(1).describe('the version of its timeline that plays'),
  }),
})

/** The asset's latest upload could not be indexed. */
export const assetFailed = defineEvent({
  source,
  name: 'AssetFailed',
  version: 1,
  meaning: 'What was uploaded of an asset could not be indexed; a version that played before plays on.',
  schema: z.object({
    assetId,
    revision,
    code: z.string().min(1).describe('why, as `docs/errors.md` says; its message is in the asset’s record'),
  }),
})

/** The asset was deleted. */
export const assetDeleted = defineEvent({
  source,
  name: 'AssetDeleted',
  version: 1,
  meaning:
    'An asset was deleted and plays no more. An upload of the same name makes a new one, whose revisions go on.',
  schema: z.object({ assetId, revision }),
})

/** All of them, for subscribers to several and for the docs. */
export const assetEvents = [assetReady, assetFailed, assetDeleted] as const

/** The events for a change of an asset's row; titles, progress and the like cause none. */
export function eventsOfAsset(change: AssetRowChange): readonly RoomEvent[] {
  const { assetId: id, before, after } = change
  if (!after) {
    if (before?.state !== 'deleting') return []
    return [eventOf(assetDeleted, change, { assetId: id, revision: before.revision })]
  }
  const about = { assetId: id, revision: after.revision }
  const events: RoomEvent[] = []
  if (after.version !== undefined && after.version !== before?.version)
    events.push(eventOf(assetReady, change, { ...about, timeline: after.version }))
  if (after.state === 'failed' && !(before?.state === 'failed' && isSameFault(before, after)))
    events.push(eventOf(assetFailed, change, { ...about, code: after.code ?? 'INTERNAL_ERROR' }))
  return events
}

type Failed = Pick<NonNullable<AssetRowChange['after']>, 'revision' | 'code'>

const isSameFault = (a: Failed, b: Failed): boolean => a.revision === b.revision && a.code === b.code
