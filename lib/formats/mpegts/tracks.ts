/** Tracks of CMAF from the access units of one stretch, such as a segment of a live stream. */
import { HeadendError } from '../../errors.ts'
import { boxes } from '../isobmff/box.ts'
import { ByteReader } from '../isobmff/byte-reader.ts'
import type { Codec } from '../isobmff/codec.ts'
import { codecs } from '../isobmff/codecs.ts'
import type { Program, TsProblem } from './packets/events.ts'
import { type TimedUnit, type TrackEnd, timedUnits } from './track-times.ts'
import type { AccessUnit, SyncKind, UnitConfig } from './units.ts'

/** One sample, its times in ticks of its track. */
export interface ElementarySample {
  readonly decodeTicks: number
  /** Presentation minus decode time. */
  readonly compositionTicks: number
  readonly durationTicks: number
  readonly bytes: Uint8Array
  readonly sync: SyncKind
  readonly leading?: AccessUnit['leading']
}

/** Samples of one stream that have the same configuration. */
export interface ElementaryTrack {
  readonly pid: number
  /** RFC 6381. */
  readonly codec: string
  /** All that the sample entry says. */
  readonly facts: Codec
  /** The sample entry with its header. */
  readonly sampleEntry: Uint8Array
  /** 90,000 of video, the coded sample rate of audio. */
  readonly timescale: number
  /** ISO 639-2/T. */
  readonly language?: string
  readonly samples: readonly ElementarySample[]
}

/** Where times begin and end. */
export interface TracksOptions {
  /** Time that becomes 0, in unrolled ticks of 90 kHz; 0 if absent. */
  readonly originTicks?: number
  /** Where the stretch before ended: audio goes on from there without a gap. */
  readonly after?: readonly TrackEnd[]
  /** Decode time of the first unit behind this stretch by PID, in unrolled ticks of 90 kHz. */
  readonly nextDtsTicks?: ReadonlyMap<number, number>
  /** Units that lack bytes are kept; else they are left out. */
  readonly keepsDamaged?: boolean
}

/** What came of it. */
export interface Tracks {
  /** In the order of the programme, those of one stream in order of time. */
  readonly tracks: readonly ElementaryTrack[]
  /** For `after` of the next stretch. */
  readonly ends: readonly TrackEnd[]
  readonly problems: readonly Omit<TsProblem, 'at'>[]
}

/** Units in the order they came; `streams` are those of their programme. */
export function elementaryTracks(
  units: readonly AccessUnit[],
  { streams }: Pick<Program, 'streams'>,
  options: TracksOptions = {},
): Tracks {
  const tracks: ElementaryTrack[] = []
  const ends: TrackEnd[] = []
  const problems: Omit<TsProblem, 'at'>[] = []
  for (const { pid, language } of streams) {
    const say = (code: TsProblem['code'], message: string): void => {
      problems.push({ code, message: `PID ${pid}: ${message}`, pid })
    }
    const own = units.filter((unit) => unit.pid === pid)
    const whole = options.keepsDamaged ? own : own.filter((unit) => !unit.isDamaged)
    if (whole.length < own.length)
      say('TS_UNITS_DROPPED', `expected whole units, got ${own.length - whole.length} that lack bytes`)
    const { timed, dropped, end } = timedUnits(pid, whole, options)
    if (dropped > 0)
      say('TS_TIMES', `expected units one after the other, got ${dropped} at times that are not`)
    if (end) ends.push(end)
    for (const run of runsOf(timed)) {
      const facts = described(run.config, say)
      if (!facts) continue
      const { sampleEntry, timescale } = run.config
      const shared = { pid, codec: facts.name, facts, sampleEntry, timescale }
      tracks.push({
        ...shared,
        ...(language !== undefined && { language }),
        samples: run.timed.map(sampleOf),
      })
    }
  }
  return { tracks, ends, problems }
}

interface Run {
  readonly config: UnitConfig
  readonly timed: TimedUnit[]
}

function runsOf(timed: readonly TimedUnit[]): Run[] {
  const runs: Run[] = []
  for (const one of timed) {
    const last = runs.at(-1)
    if (last?.config === one.unit.config) last.timed.push(one)
    else runs.push({ config: one.unit.config, timed: [one] })
  }
  return runs
}

const sampleOf = ({ unit, ...times }: TimedUnit): ElementarySample => ({
  ...times,
  bytes: unit.bytes,
  sync: unit.sync,
  ...(unit.leading && { leading: unit.leading }),
})

/** What the sample entry says; undefined if it says what no player plays. */
function described(
  { sampleEntry }: UnitConfig,
  say: (code: TsProblem['code'], message: string) => void,
): Codec | undefined {
  try {
    const [entry] = boxes(new ByteReader(sampleEntry))
    return entry && codecs.get(entry.type)?.(entry)
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    say(error.code, error.message)
    return undefined
  }
}
