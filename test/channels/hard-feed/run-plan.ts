/** A planned feed taken by a channel, in virtual time. */
import type { Outcome } from '../../../lib/channels/ingest/ports.ts'
import { takeObject } from '../../../lib/channels/ingest/take-object.ts'
import type { Segment } from '../../../lib/timeline/timeline.ts'
import { madeInits } from './made-feed.ts'
import { memoryFeed } from './memory-feed.ts'
import { type Plan, type PlanOptions, planOf } from './plan.ts'
import { virtualTime } from './virtual-time.ts'

/** What became of it. */
export interface Ran {
  readonly plan: Plan
  /** All that is published, of each track. */
  readonly shown: ReadonlyMap<string, readonly Segment[]>
  /** Of each path. */
  readonly outcomes: ReadonlyMap<string, readonly Outcome[]>
  /** What was published once and is not any more. */
  readonly takenBack: readonly string[]
}

/** Runs it. What is published is looked at every half minute. */
export async function ranPlan(options: PlanOptions): Promise<Ran> {
  const plan = planOf(options)
  const time = virtualTime(plan.beginMs)
  const { ports, shown } = memoryFeed({
    now: time.now,
    sleep: time.sleep,
    channel: { pipelines: ['a', 'b'] },
  })
  const outcomes = new Map<string, Outcome[]>()
  if (options.form === 'cmaf')
    for (const pipeline of ['a', 'b'])
      for (const { path, bytes } of madeInits)
        await takeObject(ports, {
          channelId: 'news',
          path: `${pipeline}/${path}`,
          bytes,
          writtenMs: plan.beginMs,
        })
  for (const { atMs, writtenMs, written } of plan.deliveries)
    time.at(atMs, async () => {
      const came = await takeObject(ports, { channelId: 'news', ...written, writtenMs })
      outcomes.set(written.path, [...(outcomes.get(written.path) ?? []), ...came])
    })
  const takenBack: string[] = []
  let before = shown()
  const last = Math.max(...plan.deliveries.map(({ atMs }) => atMs))
  for (let atMs = plan.beginMs + 20_000; atMs < last; atMs += 30_000)
    time.at(atMs, async () => {
      const now = shown()
      for (const [id, segments] of before)
        for (const [i, segment] of segments.entries()) {
          const other = now.get(id)?.[i]
          if (JSON.stringify(other) !== JSON.stringify(segment)) takenBack.push(`${id} ${segment.start}`)
        }
      before = now
    })
  await time.run()
  return { plan, shown: shown(), outcomes, takenBack }
}
