/** Access units of audio from PES packets: frames, wherever packets cut them (ISO/IEC 13818-1 2.4.3.7). */
import { HeadendError } from '../../../errors.ts'
import { fresh } from '../allocate.ts'
import { ByteQueue } from '../byte-queue.ts'
import { PesMarks } from '../pes-marks.ts'
import { createSlab } from '../slab.ts'
import type { AccessUnit } from '../units.ts'
import type { UnitPorts, UnitReader } from '../video/video-units.ts'

/** A frame as its header tells it. */
export interface FrameHeader {
  /** Bytes, the header included. */
  readonly length: number
  /** Goes with the frames before it: a dependent substream, or one more programme. */
  readonly joins?: boolean
  /** The sixths of a unit it lasts; a whole one, if absent. */
  readonly blocks?: number
}

/** The rules of one codec. */
export interface AudioRules<Header extends FrameHeader> {
  /** Bytes that `headerAt` needs. */
  readonly headerBytes: number
  /** Undefined if no frame begins there. */
  readonly headerAt: (bytes: Uint8Array, at: number) => Header | undefined
  /**
   * The unit of these frames, its bytes a part of theirs; undefined if what they need is told behind them. Throws
   * HeadendError if it never can be read.
   */
  readonly unitOf: (
    headers: readonly Header[],
    bytes: Uint8Array,
  ) => Pick<AccessUnit, 'config' | 'bytes'> | undefined
  /** Units may consist of several frames, so that an end is told by the next beginning. */
  readonly joinsFrames?: true
}

interface Group<Header> {
  readonly start: number
  end: number
  blocks: number
  readonly headers: Header[]
}

const wholeBlocks = 6
/** Of one unit: eight programmes with eight dependent substreams each are more than any stream has. */
const maxFrames = 72
/** Units that wait for what is told behind them: encoders tell it several times a second. */
const maxEarly = 64

/** The frames of a unit. */
interface Part<Header> {
  readonly headers: readonly Header[]
  readonly bytes: Uint8Array
  readonly times: ReturnType<PesMarks['take']>
  readonly isDamaged: boolean
}

/** Begins one. */
export function createAudioUnits<Header extends FrameHeader>(
  pid: number,
  rules: AudioRules<Header>,
  ports: UnitPorts,
): UnitReader {
  const queue = new ByteQueue(ports.allocate ?? fresh)
  const marks = new PesMarks()
  const allocate = ports.allocate ?? createSlab()
  let next = 0
  let isSynced = false
  let skipped = 0
  let group: Group<Header> | undefined
  const early: Part<Header>[] = []

  function read(): void {
    const { end } = queue
    while (next + rules.headerBytes <= end) {
      const data = queue.bytes(next)
      const header = rules.headerAt(data, 0)
      const isFalse =
        header &&
        !isSynced &&
        header.length + rules.headerBytes <= data.length &&
        !rules.headerAt(data, header.length)
      if (!header || isFalse) {
        search(data)
        continue
      }
      if (header.length > data.length) break
      isSynced = true
      frame(header)
      next += header.length
    }
    queue.release(group?.start ?? next)
  }

  /** Passes over bytes until a frame may begin. */
  function search(data: Uint8Array): void {
    finish()
    isSynced = false
    let at = 1
    while (at + rules.headerBytes <= data.length && !rules.headerAt(data, at)) at++
    next += at
    skipped += at
  }

  function frame(header: Header): void {
    saySkipped()
    const { blocks = wholeBlocks } = header
    const continues =
      group && (header.joins || group.blocks < wholeBlocks) && group.headers.length < maxFrames
    if (!continues) {
      finish()
      group = { start: next, end: next, blocks: 0, headers: [] }
    }
    if (!group) return
    group.headers.push(header)
    group.end = next + header.length
    if (!header.joins) group.blocks += blocks
    if (!rules.joinsFrames) finish()
  }

  function saySkipped(): void {
    if (skipped > 0)
      ports.say('TS_FRAMES', `PID ${pid}: expected a frame of audio, got ${skipped} bytes of something else`)
    skipped = 0
  }

  function finish(): void {
    if (!group) return
    const { start, end, headers } = group
    group = undefined
    const times = marks.take(start)
    const isDamaged = marks.isDamaged(start, end)
    handOver({ headers, bytes: queue.bytes(start, end), times, isDamaged })
  }

  function handOver(part: Part<Header>): void {
    const { headers, times, isDamaged } = part
    try {
      const unit = rules.unitOf(headers, part.bytes)
      if (!unit) {
        if (early.length < maxEarly) early.push({ ...part, bytes: part.bytes.slice() })
        return
      }
      for (const one of early.splice(0)) handOver(one)
      const bytes = allocate(unit.bytes.length)
      bytes.set(unit.bytes)
      ports.unit({ pid, config: unit.config, bytes, ...timesOf(times), sync: 'idr', isDamaged })
    } catch (error) {
      if (!(error instanceof HeadendError)) throw error
      ports.say(error.code, `PID ${pid}: ${error.message}`)
    }
  }

  return {
    push(pes) {
      marks.add(queue.end, queue.end + pes.data.length, pes)
      queue.push(pes.data)
      read()
    },
    end() {
      finish()
      skipped += queue.end - next
      next = queue.end
      saySkipped()
      queue.release(next)
    },
  }
}

/** Audio is shown as it is decoded. */
const timesOf = ({ ptsTicks }: Pick<AccessUnit, 'ptsTicks'>): Pick<AccessUnit, 'ptsTicks' | 'dtsTicks'> =>
  ptsTicks === undefined ? {} : { ptsTicks, dtsTicks: ptsTicks }
