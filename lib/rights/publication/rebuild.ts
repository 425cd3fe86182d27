/** Marks made of the tables: where the store at the edge is new, and what was never written or is over in one that is not. */

import { keyEndEntry, keyEntry, markEntry, readinessEntry } from '../../platform/aws/edge-entries.ts'
import { type EntryChanges, type KeyValues, maxChanges } from '../../platform/aws/key-values.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { ProtectionStore } from '../protection/store.ts'
import { asItIs } from './changes.ts'
import { closed, goneUntilOf, markOf } from './marks.ts'
import type { Publish } from './publish.ts'
import type { TurnStore } from './turns.ts'

/** What marks are made of, and where they stand. */
export interface MarksPorts {
  readonly values: Pick<KeyValues, 'get' | 'edit' | 'list'>
  readonly protection: Pick<ProtectionStore, 'policy'>
  /** Contents whose row names a state of protection, some at a time. */
  readonly protectedFilms: () => AsyncIterable<readonly string[]>
  readonly publish: Publish
}

const pending = 'pending'
const ready = 'ready'

/**
 * Writes the marks of all that is protected where the store is new, and says so there: until then the edge gives out
 * nothing in the clear, as "no mark" would mean nothing.
 */
export async function ensureMarks(ports: MarksPorts): Promise<void> {
  const { values } = ports
  if ((await values.get(readinessEntry)) !== pending) return
  await writeMarks(ports)
  await values.edit([readinessEntry], (found) =>
    found.get(readinessEntry) === pending ? new Map([[readinessEntry, ready]]) : new Map(),
  )
}

/** Writes marks that are not there; what is there was written by who had the content's turn. */
export async function writeMarks({ values, protection, protectedFilms, publish }: MarksPorts): Promise<void> {
  const markNow = async (contentId: ContentId) =>
    [contentId, markOf((await protection.policy(contentId)).policy)] as const
  for await (const found of protectedFilms())
    for (const contents of inParts(found)) {
      const marks = new Map(await mapConcurrently(contents, markNow))
      const names = contents.map(markEntry)
      // Manifests of before name a lead in the clear, which its mark closes: both change together.
      const led = new Set<string>()
      await values.edit(names, (there) => {
        const missing = contents.filter((id) => there.get(markEntry(id)) === undefined)
        for (const id of missing) if (marks.get(id)?.startsWith('lead-')) led.add(id)
        return new Map(missing.flatMap((id) => (marks.get(id) === closed ? [[markEntry(id), closed]] : [])))
      })
      // One may have been changed between the reading and the writing.
      const then = await mapConcurrently(contents, markNow)
      for (const [id, mark] of then)
        if (mark !== marks.get(id) || led.has(id)) await publish(id, { change: asItIs })
    }
}

/** What sweeping takes besides. */
export interface SweepPorts extends MarksPorts {
  readonly turns: Pick<TurnStore, 'unfinished'>
  readonly now: () => number
  /** Told of what could not be done now and is tried at the next sweep. */
  readonly report: (event: string, error: unknown) => void
}

/** Finishes publications that broke off, each in a turn of its own. */
export async function finishTurns({ turns, publish, report }: SweepPorts): Promise<number> {
  const left = await turns.unfinished()
  for (const contentId of left)
    await publish(contentId, { change: asItIs }).catch((error: unknown) =>
      report('a publication could not be finished', error),
    )
  return left.length
}

/** Takes away what is over: revocations of sessions that have ended, keys that sign none, marks of what is public. */
export async function sweepEntries(ports: SweepPorts): Promise<number> {
  const { values, protection, publish, now, report } = ports
  const isOver = (value: string) => /^\d+$/.test(value) && Number(value) * 1000 < now()
  let swept = 0
  let over: [string, string][] = []
  const remove = async () => {
    const before = new Map(over)
    over = []
    const gone = await values.edit([...before.keys()], (found) => stillThere(found, before))
    swept += gone.size
  }
  for await (const [name, value] of values.list('')) {
    if (name.startsWith('r.') && isOver(value)) over.push([name, value])
    else if (name.startsWith(keyEndEntry('')) && isOver(value)) {
      const kid = name.slice(keyEndEntry('').length)
      const key = await values.get(keyEntry(kid))
      over.push([name, value], ...(key === undefined ? [] : [[keyEntry(kid), key] as [string, string]]))
    } else if (name.startsWith(markEntry(''))) {
      const contentId = name.slice(markEntry('').length)
      // Presentations have no policy: who stores one writes its mark, and takes it away.
      if (contentId.startsWith('presentations/')) continue
      const gone = goneUntilOf(value)
      if (gone !== undefined) {
        if (gone * 1000 < now()) over.push([name, value])
        continue
      }
      try {
        if (markOf((await protection.policy(contentId)).policy) === value) continue
        await publish(contentId, { change: asItIs })
        swept++
      } catch (error) {
        report('a mark could not be compared', error)
      }
    }
    if (over.length > maxChanges - 2) await remove()
  }
  if (over.length > 0) await remove()
  return swept
}

/** Somebody may have written one anew meanwhile. */
const stillThere = (found: EntryChanges, before: EntryChanges): EntryChanges =>
  new Map([...before].flatMap(([name, value]) => (found.get(name) === value ? [[name, undefined]] : [])))

function inParts(contents: readonly string[]): (readonly string[])[] {
  const count = Math.ceil(contents.length / maxChanges)
  return Array.from({ length: count }, (_, i) => contents.slice(i * maxChanges, (i + 1) * maxChanges))
}
