/**
 * Rebuilds edge marks from the tables: all of them for a new edge store, missing and expired ones for an existing
 * store.
 */

import { keyEndEntry, keyEntry, markEntry, readinessEntry } from '../../platform/aws/edge-entries.ts'
import { type EntryChanges, type KeyValues, maxChanges } from '../../platform/aws/key-values.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { ProtectionStore } from '../protection/store.ts'
import { asItIs } from './changes.ts'
import { closed, goneUntilOf, markOf } from './marks.ts'
import type { Publish } from './publish.ts'
import type { TurnStore } from './turns.ts'

/** Sources and destination of the marks. */
export interface MarksPorts {
  readonly values: Pick<KeyValues, 'get' | 'edit' | 'list'>
  readonly protection: Pick<ProtectionStore, 'policy'>
  /** Content IDs whose row names a protection state, in batches. */
  readonly protectedFilms: () => AsyncIterable<readonly string[]>
  readonly publish: Publish
}

const pending = 'pending'
const ready = 'ready'

/**
 * Writes the marks of all protected content to a new edge store, then sets it ready: until then the edge serves nothing
 * in the clear, since a missing mark would mean nothing.
 */
export async function ensureMarks(ports: MarksPorts): Promise<void> {
  const { values } = ports
  if ((await values.get(readinessEntry)) !== pending) return
  await writeMarks(ports)
  await values.edit([readinessEntry], (found) =>
    found.get(readinessEntry) === pending ? new Map([[readinessEntry, ready]]) : new Map(),
  )
}

/** Writes missing marks; existing ones were written by the holder of the content's turn. */
export async function writeMarks({ values, protection, protectedFilms, publish }: MarksPorts): Promise<void> {
  const markNow = async (contentId: ContentId) =>
    [contentId, markOf((await protection.policy(contentId)).policy)] as const
  for await (const found of protectedFilms())
    for (const contents of inParts(found)) {
      const marks = new Map(await mapConcurrently(contents, markNow))
      const names = contents.map(markEntry)
      // Existing manifests name a clear lead, which the mark would close: both must change together.
      const led = new Set<string>()
      await values.edit(names, (there) => {
        const missing = contents.filter((id) => there.get(markEntry(id)) === undefined)
        for (const id of missing) if (marks.get(id)?.startsWith('lead-')) led.add(id)
        return new Map(missing.flatMap((id) => (marks.get(id) === closed ? [[markEntry(id), closed]] : [])))
      })
      // A policy may have changed between the read and the write.
      const then = await mapConcurrently(contents, markNow)
      for (const [id, mark] of then)
        if (mark !== marks.get(id) || led.has(id)) await publish(id, { change: asItIs })
    }
}

/** Dependencies of the sweep. */
export interface SweepPorts extends MarksPorts {
  readonly turns: Pick<TurnStore, 'unfinished'>
  readonly now: () => number
  /** Called for what failed and will be retried by the next sweep. */
  readonly report: (event: string, error: unknown) => void
}

/** What key periods are told with. */
export interface DuePorts extends Pick<SweepPorts, 'publish' | 'report'> {
  /** Channels whose next key periods are to be told now. */
  readonly due: () => Promise<readonly ContentId[]>
}

/** Tells the key periods that channels will need next, each in its own turn; one that fails is told by the next sweep. */
export async function tellDue({ due, publish, report }: DuePorts): Promise<number> {
  const channels = await due()
  for (const contentId of channels)
    await publish(contentId, { change: asItIs }).catch((error: unknown) =>
      report('key periods could not be told', error),
    )
  return channels.length
}

/** Finishes interrupted publications, each in its own turn. */
export async function finishTurns({ turns, publish, report }: SweepPorts): Promise<number> {
  const left = await turns.unfinished()
  for (const contentId of left)
    await publish(contentId, { change: asItIs }).catch((error: unknown) =>
      report('a publication could not be finished', error),
    )
  return left.length
}

/** Removes expired entries: revocations of ended sessions, retired signing keys, marks of public content. */
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
      // Presentations have no policy: storing one writes its mark, and deleting it removes the mark.
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

/** The entry may have been written again meanwhile. */
const stillThere = (found: EntryChanges, before: EntryChanges): EntryChanges =>
  new Map([...before].flatMap(([name, value]) => (found.get(name) === value ? [[name, undefined]] : [])))

function inParts(contents: readonly string[]): (readonly string[])[] {
  const count = Math.ceil(contents.length / maxChanges)
  return Array.from({ length: count }, (_, i) => contents.slice(i * maxChanges, (i + 1) * maxChanges))
}
