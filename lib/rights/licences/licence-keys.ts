/** The keys in our own licences, and when a player renews. */

import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { keyLabels } from '../../timeline/key-label.ts'
import { periodAt, periodEndMs } from '../../timeline/key-periods.ts'
import type { ContentKey } from '../keys/open-key.ts'
import { periodsThrough } from '../protection/protect.ts'
import { isInBand } from '../protection/rotation.ts'
import type { Entitled } from './entitle.ts'
import type { LicencePorts } from './ports.ts'
import { renewAfterSeconds } from './renewal.ts'

/** Periods a licence covers beyond those requested, so that not all players renew at every rotation. */
const periodsAhead = 5
/** For an asset with in-band key rotation: its players request the first key and never again. */
const periodsInBand = 60

/**
 * The requested keys plus those of the content's other tracks and of the following periods; and when to renew. A viewer
 * entitled to the video is entitled to the audio, and some players request the key of one track only.
 */
export async function keysOf(
  ports: LicencePorts,
  contentId: ContentId,
  { plan, policy, known: asked, isGranted }: Entitled,
): Promise<{ readonly keys: readonly ContentKey[]; readonly renewSeconds?: number }> {
  const labels = keyLabels(policy.keys)
  const rangesTo = (lastOf: (period: number) => number): KeyRange[] =>
    asked.flatMap(({ kid, label, period: from }) => {
      const to = lastOf(from)
      const own = labels.map((one) => ({ label: one, from, to }))
      // A key a third-party packager requested may have a label of its own.
      return labels.includes(label) ? own : [...own, { label, from, to, kid }]
    })
  if (!plan || plan.eras.at(-1)?.rotationSeconds === undefined)
    return {
      keys: await opened(
        ports,
        contentId,
        rangesTo((period) => period),
        isGranted,
      ),
    }
  // Bounded by the current time, or a viewer could advance from licence to licence.
  const newest = plan.clock === 'wall' ? periodAt(plan, ports.now()).index : Number.POSITIVE_INFINITY
  const ahead = plan.clock === 'media' && isInBand(policy) ? periodsInBand : periodsAhead
  const lastOf = (period: number): number => Math.max(period, Math.min(period, newest) + ahead)
  const last = Math.max(...asked.map(({ period }) => lastOf(period)))
  // An asset has all keys from the start; for live content the plan says up to which period they exist.
  if (plan.clock === 'wall' && last > plan.madeThrough)
    await periodsThrough(ports, contentId, { policy, index: last })
  const keys = await opened(ports, contentId, rangesTo(lastOf), isGranted)
  const endMs = plan.clock === 'wall' ? periodEndMs(plan, last) : undefined
  // Who watches what is long over needs no other keys than these.
  if (endMs === undefined || endMs <= ports.now()) return { keys }
  const [chance = 0] = ports.randomBytes(1)
  return { keys, renewSeconds: renewAfterSeconds(endMs - ports.now(), chance / 256) }
}

/** Keys of a label from one period through another; with `kid`, only that key of the first period. */
interface KeyRange {
  readonly label: string
  readonly from: number
  readonly to: number
  readonly kid?: string
}

/**
 * The keys of all ranges without duplicates, of periods that are granted; each range is read once, however many of its
 * keys were requested.
 */
export async function opened(
  { keyStore, opener }: LicencePorts,
  contentId: ContentId,
  ranges: readonly KeyRange[],
  isGranted: Entitled['isGranted'],
): Promise<readonly ContentKey[]> {
  const distinct = new Map(ranges.map((range) => [JSON.stringify(Object.values(range)), range]))
  const found = await mapConcurrently([...distinct.values()], async ({ label, from, to, kid }) => {
    const records = await keyStore.range({ contentId, label }, from, to)
    return records.filter(
      (one) => isGranted(one.period) && (kid === undefined || one.kid === kid || one.period > from),
    )
  })
  const records = new Map(found.flat().map((record) => [record.kid, record]))
  return mapConcurrently([...records.values()], (record) => opener.unwrap(record))
}
