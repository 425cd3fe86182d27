/** Once a minute, for all channels: what no object that comes would do. Twice does the same. */
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import { checkChannel } from './check-channel.ts'
import type { ClockPorts } from './ports.ts'

/** What was found. */
export interface Minute {
  readonly channels: number
  /** Channels without a new segment for two segment durations. */
  readonly silent: number
  /** Channels that could not be looked at. */
  readonly failed: number
}

/** Channels a headend may have; the rest is said, and not looked at. */
const maxChannels = 1000
const pageSize = 100

/** Looks at each. One that fails holds up no other. */
export async function runMinute(ports: ClockPorts): Promise<Minute> {
  const { log } = ports
  const ids = await idsOf(ports)
  const kinds = await mapConcurrently(ids, async (id) => {
    try {
      const checked = await checkChannel(ports, id)
      if (checked.kind === 'silent')
        log.warn('clock: input silent', { channel: id, seconds: Math.round(checked.seconds) })
      return checked.kind
    } catch (error) {
      log.error('clock: channel failed', error, { channel: id })
      return 'failed'
    }
  })
  const count = (wanted: (typeof kinds)[number]): number => kinds.filter((kind) => kind === wanted).length
  const minute = { channels: ids.length, silent: count('silent'), failed: count('failed') }
  log.info('clock: minute', { ...minute })
  return minute
}

async function idsOf({ channels, log }: ClockPorts): Promise<readonly string[]> {
  const ids: string[] = []
  let after: string | undefined
  do {
    const page = await channels.page(pageSize, after)
    ids.push(...page.channels.map(({ id }) => id))
    after = page.last
  } while (after !== undefined && ids.length < maxChannels)
  if (after !== undefined) log.warn('clock: channels not looked at', { after, most: maxChannels })
  return ids
}
