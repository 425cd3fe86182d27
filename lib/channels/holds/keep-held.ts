/**
 * Keeps of an archived hour what is held, for as long as it is: the bucket lets go of objects by a tag, so nothing has to
 * come later and delete them. Twice or late it does the same.
 */
import { archiveDirectory, archivePart, type HourRef, parseArchive } from '../../timeline/live/archive.ts'
import { hourPage } from '../../timeline/live/head.ts'
import { daysUntil, keepDays } from '../../timeline/live/keeping.ts'
import { timelinePrefix } from '../../timeline/stored.ts'
import { type Hold, heldUntil } from './hold.ts'
import type { HoldStore } from './store.ts'

/** What it works with. */
export interface HoldPorts {
  readonly holds: Pick<HoldStore, 'ofHour'>
  /** Bytes of an object in the media bucket; undefined if there is none. */
  object(key: string): Promise<Uint8Array | undefined>
  /** Says for how many days since it was written an object is kept; false if there is none. */
  keep(key: string, daysFor: (writtenMs: number) => number): Promise<boolean>
  /** Keeps the rows of an hour until then, in seconds since 1970, if they would go before. */
  keepRows(hour: HourRef, untilSeconds: number): Promise<void>
}

/** Does so for an hour; of one that is not archived yet the archiver does it. */
export async function keepHeld(ports: HoldPorts, hour: HourRef): Promise<void> {
  const name = archiveDirectory(hour)
  const text = await ports.object(name)
  if (!text) return
  const { head, parts } = parseArchive(name, new TextDecoder().decode(text))
  const holds = await ports.holds.ofHour(hour.id, hour.hour)
  const all = holds.reduce((until, one) => Math.max(until, one.untilMs), 0)
  const keep = (key: string, untilMs: number) =>
    ports.keep(key, (writtenMs) => Math.max(keepDays(head.windowSeconds), daysUntil(writtenMs, untilMs)))
  // First what is found by nothing but them: what is told of must be there.
  for (const [part, { from, to }] of parts.entries())
    await keep(archivePart(hour, part), heldUntil(holds, range(from, to)))
  await keep(name, all)
  // A repair after sealing would have another revision, and a message of its own.
  await keep(timelinePrefix(hour.id, hour.version) + hourPage(hour.hour, 1), all)
  if (all > 0) await ports.keepRows(hour, all / 1000)
}

const range = (from: number, to: number): Pick<Hold, 'fromMs' | 'toMs'> => ({
  fromMs: from * 1000,
  toMs: to * 1000,
})
