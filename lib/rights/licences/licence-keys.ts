/** Which keys of its own a licence holds, and when a player comes back for more. */

import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { keyLabels } from '../../timeline/key-label.ts'
import { periodAt, periodEndMs } from '../keys/key-periods.ts'
import type { ContentKey } from '../keys/open-key.ts'
import { periodsThrough } from '../protection/protect.ts'
import { isInBand } from '../protection/rotation.ts'
import type { Entitled } from './entitle.ts'
import type { LicencePorts } from './ports.ts'
import { renewAfterSeconds } from './renewal.ts'

/** How many periods a licence reaches beyond those asked for, so that not all players come back at each. */
const periodsAhead = 5
/** Of a film whose keys change in band: its players ask for the first key, and never again. */
const periodsInBand = 60

/**
 * The keys asked for with those of the content's other tracks, and of the periods that follow; when to come back for
 * more. Who may see the title may hear it, and some players ask for the key of one track alone.
 */
export async function keysOf(
  ports: LicencePorts,
  contentId: ContentId,
  { plan, policy, known: asked }: Entitled,
): Promise<{ readonly keys: readonly ContentKey[]; readonly renewSeconds?: number }> {
  const labels = keyLabels(policy.keys)
  const rangesTo = (lastOf: (period: number) => number): KeyRange[] =>
    asked.flatMap(({ kid, label, period: from }) => {
      const to = lastOf(from)
      const own = labels.map((one) => ({ label: one, from, to }))
      // A key an outsider asked for may have a label of its own.
      return labels.includes(label) ? own : [...own, { label, from, to, kid }]
    })
  if (!plan || plan.eras.at(-1)?.rotationSeconds === undefined)
    return {
      keys: await opened(
        ports,
        contentId,
        rangesTo((period) => period),
      ),
    }
  // Never further than from now on, or a viewer could walk ahead from licence to licence.
  const newest = plan.clock === 'wall' ? periodAt(plan, ports.now()).index : Number.POSITIVE_INFINITY
  const ahead = plan.clock === 'media' && isInBand(policy) ? periodsInBand : periodsAhead
  const lastOf = (period: number): number => Math.max(period, Math.min(period, newest) + ahead)
  const last = Math.max(...asked.map(({ period }) => lastOf(period)))
  // A film has its keys from the start; of what is live the plan says through which period they were made.
  if (plan.clock === 'wall' && last > plan.madeThrough)
    await periodsThrough(ports, contentId, { policy, index: last })
  const keys = await opened(ports, contentId, rangesTo(lastOf))
  const endMs = plan.clock === 'wall' ? periodEndMs(plan, last) : undefined
  if (endMs === undefined) return { keys }
  const [chance = 0] = ports.randomBytes(1)
  return { keys, renewSeconds: renewAfterSeconds(endMs - ports.now(), chance / 256) }
}

/** Keys of a label from one period through another; with `kid`, of the first period that one alone. */
interface KeyRange {
  readonly label: string
  readonly from: number
  readonly to: number
  readonly kid?: string
}

/** The keys of all ranges, none twice; nor is a range read twice, however many keys of it were asked for. */
export async function opened(
  { keyStore, opener }: LicencePorts,
  contentId: ContentId,
  ranges: readonly KeyRange[],
): Promise<readonly ContentKey[]> {
  const distinct = new Map(ranges.map((range) => [JSON.stringify(Object.values(range)), range]))
  const found = await mapConcurrently([...distinct.values()], async ({ label, from, to, kid }) => {
    const records = await keyStore.range({ contentId, label }, from, to)
    return records.filter((one) => kid === undefined || one.kid === kid || one.period > from)
  })
  const records = new Map(found.flat().map((record) => [record.kid, record]))
  return mapConcurrently([...records.values()], (record) => opener.unwrap(record))
}
