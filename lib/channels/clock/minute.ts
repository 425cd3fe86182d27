/** Once a minute, for all channels: what no object that comes would do. Twice does the same. */
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { Channel } from '../channel.ts'
import { checkChannel } from './check-channel.ts'
import type { Condition } from './condition.ts'
import type { ClockPorts } from './ports.ts'

/** What was found. */
export interface Minute {
  readonly channels: number
  /** Channels without a new segment for two segment durations. */
  readonly silent: number
  /** Channels that could not be looked at. */
  readonly failed: number
  /** Of the channel that is furthest behind. */
  readonly behindSeconds: number
  /** Of all channels together. */
  readonly gapSeconds: number
  /** Of each of these the channel that has most of it. */
  readonly maxSegmentSeconds: number
  readonly maxSegmentBytes: number
  readonly cueLateSeconds: number
  readonly driftMs: number
}

/** Channels a headend may have; the rest is said, and not looked at. */
const maxChannels = 1000
const pageSize = 100

/** Looks at each. One that fails holds up no other. */
export async function runMinute(ports: ClockPorts): Promise<Minute> {
  const { log } = ports
  const channels = await channelsOf(ports)
  const all = await mapConcurrently(channels, async ({ id, stopped }) => {
    try {
      const checked = await checkChannel(ports, id)
      // It was stopped: that nothing comes is as it should be.
      if (checked.kind === 'silent' && stopped) return { kind: 'off' as const }
      if (checked.kind === 'silent')
        log.warn('clock: input silent', { channel: id, seconds: Math.round(checked.seconds) })
      if (checked.kind === 'runs') warnOf(log, id, checked)
      return checked
    } catch (error) {
      log.error('clock: channel failed', error, { channel: id })
      return { kind: 'failed' as const }
    }
  })
  const count = (wanted: (typeof all)[number]['kind']): number =>
    all.filter(({ kind }) => kind === wanted).length
  const running = all.filter((one) => one.kind === 'runs')
  const most = (of: (one: Condition) => number): number => rounded(Math.max(0, ...running.map(of)))
  const minute = {
    channels: channels.length,
    silent: count('silent'),
    failed: count('failed'),
    behindSeconds: rounded(Math.max(0, ...running.map(({ behindSeconds }) => behindSeconds))),
    gapSeconds: rounded(running.reduce((sum, { gapSeconds }) => sum + gapSeconds, 0)),
    maxSegmentSeconds: most(({ maxSegmentSeconds }) => maxSegmentSeconds),
    maxSegmentBytes: most(({ maxSegmentBytes }) => maxSegmentBytes),
    cueLateSeconds: most(({ cueLateSeconds }) => cueLateSeconds),
    driftMs: most(({ driftMs }) => driftMs),
  }
  log.info('clock: minute', { ...minute })
  return minute
}

/** Two pictures: a cue is met. */
const exactSeconds = 0.1
/** What a crystal of a hundred millionths comes to in an hour. */
const acceptedDriftMs = 360

/** Says less than what alarms go on for: of whichever channel it was, it can be found. */
function warnOf(log: ClockPorts['log'], channel: string, condition: Condition): void {
  const { gapSeconds, cueLateSeconds, driftMs } = condition
  if (gapSeconds > 0) log.warn('clock: gaps', { channel, seconds: rounded(gapSeconds) })
  if (cueLateSeconds > exactSeconds)
    log.warn('clock: no key frame at a cue', { channel, seconds: rounded(cueLateSeconds) })
  if (driftMs > acceptedDriftMs) log.warn('clock: drift', { channel, msAnHour: rounded(driftMs) })
}

/** Milliseconds are more than anybody reads. */
const rounded = (seconds: number): number => Math.round(seconds * 10) / 10

async function channelsOf({ channels, log }: ClockPorts): Promise<readonly Channel[]> {
  const all: Channel[] = []
  let after: string | undefined
  do {
    const page = await channels.page(pageSize, after)
    all.push(...page.channels)
    after = page.last
  } while (after !== undefined && all.length < maxChannels)
  if (after !== undefined) log.warn('clock: channels not looked at', { after, most: maxChannels })
  return all
}
