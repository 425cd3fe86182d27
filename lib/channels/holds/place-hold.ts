/** Places and lifts holds: the rows first, then the archiver is told, which keeps what they need. */
import type { HeldHours } from '../archive/hours.ts'
import { covers, type HeldRange, type Hold, hoursHeld } from './hold.ts'
import type { HoldStore } from './store.ts'

/** What it works with. */
export interface PlacePorts {
  readonly holds: HoldStore
  /** Tells the archiver. */
  readonly tell: (hours: HeldHours) => Promise<void>
  readonly now: () => number
}

/** Puts a hold in the place of one with other times; `channel`: `live/<channelId>`. */
export async function holdMedia(
  ports: PlacePorts,
  channel: string,
  hold: Hold,
  before?: Pick<Hold, 'fromMs' | 'toMs'>,
): Promise<void> {
  await ports.holds.put(channel, hold)
  const { from, to } = hoursHeld(hold)
  if (before) {
    const old = hoursHeld(before)
    await lift(ports, channel, hold.id, { from: old.from, to: Math.min(old.to, from - 1) })
    await lift(ports, channel, hold.id, { from: Math.max(old.from, to + 1), to: old.to })
  }
  await ports.tell({ id: channel, version: hold.version, heldFrom: from, heldTo: to })
}

/** Takes a hold away. */
export const liftMedia = (
  ports: PlacePorts,
  channel: string,
  { id, ...range }: Pick<Hold, 'id' | 'fromMs' | 'toMs'>,
): Promise<void> => lift(ports, channel, id, hoursHeld(range))

async function lift(
  { holds, tell }: PlacePorts,
  channel: string,
  id: string,
  hours: ReturnType<typeof hoursHeld>,
): Promise<void> {
  const versions = await holds.remove(channel, id, hours)
  for (const version of versions) await tell({ id: channel, version, heldFrom: hours.from, heldTo: hours.to })
}

/** Whether a range is held now. */
export const isHeld = async (
  { holds, now }: Pick<PlacePorts, 'holds' | 'now'>,
  channel: string,
  range: HeldRange,
): Promise<boolean> => covers(await holds.ofHour(channel, hoursHeld(range).from + 1), range, now())
