/** Messages to the archiver: which hour is sealed, and of which hours holds have changed. */
import { HeadendError } from '../../errors.ts'
import type { Log } from '../../platform/log.ts'
import { type HoldPorts, keepHeld } from '../holds/keep-held.ts'
import { archiveHour } from './archive-hour.ts'
import { messageSchema } from './hours.ts'
import type { ArchivePorts } from './ports.ts'

/** Archives the hour a message names, and keeps what is held of it; throws EVENT_UNREADABLE for a message of another kind. */
export async function archiveMessage(body: string, ports: ArchivePorts & HoldPorts, log: Log): Promise<void> {
  const { success, data } = messageSchema.safeParse(jsonOf(body))
  if (!success)
    throw new HeadendError('EVENT_UNREADABLE', 'expected a message that names hours to archive or to keep', {
      status: 500,
    })
  if ('heldFrom' in data) {
    const { id, version, heldFrom, heldTo } = data
    for (let hour = heldFrom; hour <= heldTo; hour++) await keepHeld(ports, { id, version, hour })
    log.info('held', { channel: id, from: heldFrom, to: heldTo })
    return
  }
  const { head, hour } = data
  const { kind, ...facts } = await archiveHour(ports, data)
  // Behind the directory: a hold that is placed meanwhile finds it, or is found here.
  await keepHeld(ports, { id: head.id, version: head.version, hour })
  log.info('archive', { channel: head.id, hour, outcome: kind, ...facts })
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
