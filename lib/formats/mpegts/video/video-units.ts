/** Access units of H.264 and H.265 from PES packets, whichever way the packets cut them. */
import { type ErrorCode, HeadendError } from '../../../errors.ts'
import { type Allocate, fresh } from '../allocate.ts'
import type { PesPacket } from '../packets/events.ts'
import { PesMarks } from '../pes-marks.ts'
import { sameBytes } from '../same-bytes.ts'
import { createSlab } from '../slab.ts'
import type { AccessUnit, SyncKind, UnitConfig } from '../units.ts'
import { type NalRange, NalStream } from './nal-stream.ts'
import { type PictureOrder, PictureTimes } from './picture-times.ts'

/** What a NAL unit is for the one that is put together. */
export type NalRole =
  /** A slice of the open picture, or of the next one. */
  | 'slice'
  /** Belongs to the open picture. */
  | 'suffix'
  /** Belongs to the next picture if slices of the open one have come. */
  | 'prefix'
  /** A parameter set. */
  | 'set'
  /** Begins the next picture, and says nothing in a file. */
  | 'delimiter'
  /** Says nothing. */
  | 'filler'

/** A picture, as its first slice tells it. */
export interface StartedPicture extends PictureOrder {
  readonly sync: SyncKind
  readonly leading?: 'radl' | 'rasl'
}

/** The rules of one codec; it keeps the parameter sets. */
export interface VideoRules {
  readonly roleOf: (nal: Uint8Array) => NalRole
  /** Takes a parameter set; throws HeadendError if it can't be read. */
  readonly takeSet: (nal: Uint8Array) => void
  /** Takes what stands in front of a picture, as messages. */
  readonly takePrefix: (nal: Uint8Array) => void
  /** What a slice begins; undefined if it goes on with the open picture. */
  readonly begin: (slice: Uint8Array) => StartedPicture | undefined
  /** The configuration from the sets that are there; undefined if some are missing. */
  readonly configure: () => VideoConfig | undefined
}

/** A configuration, and the parameter sets that samples need not have. */
export interface VideoConfig {
  readonly config: UnitConfig
  readonly isConfigured: (set: Uint8Array) => boolean
  /** Time from one picture to the next, in ticks of 90 kHz; 0 if not stated. */
  readonly frameTicks: number
}

/** What a reader of units is given. */
export interface UnitPorts {
  readonly unit: (unit: AccessUnit) => void
  readonly say: (code: ErrorCode, message: string) => void
  /** Of one access unit. */
  readonly maxUnitBytes: number
  /** @default fresh memory */
  readonly allocate?: Allocate
}

/** An elementary stream being read. */
export interface UnitReader {
  readonly push: (pes: PesPacket) => void
  readonly end: () => void
}

interface OpenUnit {
  readonly picture: StartedPicture
  readonly start: number
  readonly times: ReturnType<PictureTimes['next']>
  readonly setup: VideoConfig | undefined
  readonly nals: UnitPart[]
}

interface UnitPart extends NalRange {
  readonly isSet: boolean
}

const lengthBytes = 4
/** Of one picture: the largest of H.265 has 600 slices. */
const maxNals = 8192
const maxSetups = 32

/** Begins one. */
export function createVideoUnits(pid: number, rules: VideoRules, ports: UnitPorts): UnitReader {
  const marks = new PesMarks()
  const times = new PictureTimes()
  const allocate = ports.allocate ?? createSlab()
  const stream = new NalStream(ports.allocate ?? fresh, take)
  let open: OpenUnit | undefined
  let waiting: UnitPart[] = []
  let setup: VideoConfig | undefined
  const setups: VideoConfig[] = []
  /** When the last picture at which decoding can start is shown. */
  let startPts = Number.NEGATIVE_INFINITY

  function take(range: NalRange): void {
    const nal = stream.queue.bytes(range.from, range.to)
    const role = rules.roleOf(nal)
    if (role === 'filler') return
    if (role === 'delimiter') return void waiting.push({ ...range, to: range.from, isSet: false })
    const part = { ...range, isSet: role === 'set' }
    if (role === 'suffix' && open && waiting.length === 0) return void open.nals.push(part)
    if (role === 'set') attempt(() => rules.takeSet(nal))
    else if (role === 'prefix') attempt(() => rules.takePrefix(nal))
    waiting.push(part)
    if (role !== 'slice') return
    const picture = attempt(() => rules.begin(nal))
    if (picture || !open) begin(picture ?? unknownPicture)
    open?.nals.push(...waiting)
    waiting = []
  }

  function begin(picture: StartedPicture): void {
    finish()
    const start = waiting[0]?.prefix ?? 0
    if (!setup || picture.sync !== 'none') {
      setup = known(attempt(() => rules.configure())) ?? setup
      if (setup && setup.frameTicks > 0) times.frameTicks = setup.frameTicks
    }
    open = { picture, start, times: times.next(marks.take(start), picture), setup, nals: [] }
  }

  /** Sets that come with every key frame make no new configuration, nor do those that come back. */
  function known(made: VideoConfig | undefined): VideoConfig | undefined {
    if (!made) return undefined
    const found = setups.find(({ config }) => sameBytes(config.sampleEntry, made.config.sampleEntry))
    if (found) return found
    if (setups.length >= maxSetups) setups.shift()
    setups.push(made)
    return made
  }

  function finish(): void {
    if (!open) return
    const { picture, start, nals, ...rest } = open
    open = undefined
    const end = nals.at(-1)?.to ?? start
    const isDamaged = marks.isDamaged(start, end)
    const { ptsTicks } = rest.times
    if (!rest.setup)
      ports.say('TS_PARAMETER_SETS', `PID ${pid}: expected parameter sets before the first picture, got none`)
    else if (ptsTicks === undefined)
      ports.say('TS_TIME_MISSING', `PID ${pid}: expected a picture with a time, got none`)
    else {
      // Pictures of an open GOP of H.264 are told from others by their time alone.
      const isEarly = picture.sync === 'none' && ptsTicks < startPts
      const leading = picture.leading ?? (isEarly ? 'rasl' : undefined)
      if (picture.sync !== 'none')
        startPts = picture.sync === 'recovery' ? ptsTicks : Number.NEGATIVE_INFINITY
      ports.unit({
        pid,
        config: rest.setup.config,
        ...rest.times,
        bytes: sampleOf(nals, rest.setup),
        sync: picture.sync,
        ...(leading && { leading }),
        isDamaged,
      })
    }
    stream.queue.release(waiting[0]?.prefix ?? end)
  }

  /** NAL units behind their lengths, without those that say nothing and the sets the configuration has. */
  function sampleOf(nals: readonly UnitPart[], { isConfigured }: VideoConfig): Uint8Array {
    const isKept = (nal: UnitPart): boolean =>
      nal.from < nal.to && !(nal.isSet && isConfigured(stream.queue.bytes(nal.from, nal.to)))
    const kept = nals.every(isKept) ? nals : nals.filter(isKept)
    let length = 0
    for (const { from, to } of kept) length += lengthBytes + to - from
    const bytes = allocate(length)
    let at = 0
    for (const { from, to } of kept) {
      const size = to - from
      for (let i = 0; i < lengthBytes; i++) bytes[at++] = size >>> (8 * (lengthBytes - 1 - i))
      bytes.set(stream.queue.bytes(from, to), at)
      at += size
    }
    return bytes
  }

  /** What can't be read is said, and left out. */
  function attempt<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof HeadendError)) throw error
      ports.say(error.code, `PID ${pid}: ${error.message}`)
      return undefined
    }
  }

  return {
    push(pes) {
      const at = stream.queue.end
      marks.add(at, at + pes.data.length, pes)
      stream.push(pes.data)
      const nals = waiting.length + (open?.nals.length ?? 0)
      if (stream.queue.size <= ports.maxUnitBytes && nals <= maxNals) return
      ports.say(
        'TS_UNIT_LARGE',
        `PID ${pid}: expected a picture of at most ${ports.maxUnitBytes} bytes and ${maxNals} NAL units, got more`,
      )
      open = undefined
      waiting = []
      stream.drop()
    },
    end() {
      stream.end()
      finish()
    },
  }
}

/** A slice whose header can't be read, without a picture it could belong to. */
const unknownPicture: StartedPicture = { isIdr: false, isAnchor: false, orderStep: 1, sync: 'none' }
