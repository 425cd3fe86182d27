/** Reads a transport stream in one pass (ISO/IEC 13818-1 2.4): chunks in, what they hold out. */
import type { ErrorCode } from '../../../errors.ts'
import { type Allocate, fresh } from '../allocate.ts'
import { sameBytes } from '../same-bytes.ts'
import { ProgramClock } from './clock.ts'
import type { Program, Stream, StreamKind, TsEvent } from './events.ts'
import { HeldPackets } from './held-packets.ts'
import { emptyHeader, readPacketHeader } from './packet-header.ts'
import { PacketSync } from './packet-sync.ts'
import { ProblemCounts } from './problems.ts'
import { type Association, readAssociations, readMap } from './tables.ts'
import { createTarget, type Target, type TargetPorts } from './targets.ts'

/** What is to be read, and within which bounds. */
export interface DemuxerOptions {
  /** program_number; else the first programme is taken. */
  readonly program?: number
  /** What streams are that their map does not say. */
  readonly kinds?: ReadonlyMap<number, StreamKind>
  /** About where the first time lies, unrolled: the end of the segment before. Else the first time stands as coded. */
  readonly nearTicks?: number
  /** Of one PES packet; larger ones are dropped. */
  readonly maxPesBytes?: number
  /** Of a programme; others are dropped. */
  readonly maxStreams?: number
  /** Packets kept until the programme's map has come. */
  readonly maxHeldBytes?: number
  /** Memory that streams are put together in, of any content. @default fresh */
  readonly allocate?: Allocate
}

/** A transport stream being read; nothing in it makes it throw. */
export interface Pass {
  readonly push: (chunk: Uint8Array) => void
  /** Hands over what is still open. */
  readonly end: () => void
  readonly problems: ReadonlyMap<ErrorCode, number>
}

const associationPid = 0
const nullPid = 0x1fff
const defaults = { maxPesBytes: 2 ** 24, maxStreams: 64, maxHeldBytes: 2 ** 22, allocate: fresh }

/** Begins one. Events are handed over as they come; the data of a PES packet are valid during the call. */
export function demux(options: DemuxerOptions, emit: (event: TsEvent) => void): Pass {
  const limits = { ...defaults, ...options }
  const counts = new ProblemCounts()
  const clock = new ProgramClock(options.nearTicks)
  const held = new HeldPackets(limits.maxHeldBytes)
  const header = emptyHeader()
  const targets: (Target | undefined)[] = Array.from({ length: nullPid + 1 })
  let position = 0
  let lastMap: Uint8Array = new Uint8Array(0)
  let association: Association | undefined
  let program: Program | undefined
  let clockTicks: number | undefined

  const say = (code: ErrorCode, message: string, pid?: number): void => {
    const problem = {
      code,
      message: `${message} at ${position}`,
      at: position,
      ...(pid !== undefined && { pid }),
    }
    if (counts.add(problem)) emit({ type: 'problem', problem })
  }
  const ports: TargetPorts = {
    say,
    emit,
    unroll: (coded) => clock.unroll(coded),
    clockTicks: () => clockTicks,
    maxPesBytes: limits.maxPesBytes,
    allocate: limits.allocate,
  }

  const associate = (section: Uint8Array): void => {
    const all = readAssociations(section)
    if (!all) return
    const wanted = options.program
    const found = wanted === undefined ? all[0] : all.find(({ number }) => number === wanted)
    if (!found || (association?.mapPid === found.mapPid && association.number === found.number)) return
    if (association) targets[association.mapPid] = undefined
    association = found
    targets[found.mapPid] = createTarget(found.mapPid, { sections: map }, ports)
  }
  const map = (section: Uint8Array): void => {
    // Maps come many times a second, mostly the same.
    if (program && sameBytes(section, lastMap)) return
    lastMap = section
    const read = association && readMap(section, association)
    if (read) adopt(read)
  }
  const known = (stream: Stream): Stream => {
    const kind = stream.kind === 'skipped' ? options.kinds?.get(stream.pid) : undefined
    return kind ? { ...stream, kind } : stream
  }
  const adopt = (read: Program): void => {
    if (program && sameProgram(program, { ...read, streams: read.streams.map(known) })) return
    const streams = read.streams.slice(0, limits.maxStreams).map(known)
    if (streams.length < read.streams.length)
      say(
        'TS_PIDS_MANY',
        `programme ${read.number}: expected at most ${streams.length} streams, got ${read.streams.length}`,
      )
    for (const { pid, kind } of program?.streams ?? []) {
      if (streams.some((one) => one.pid === pid && one.kind === kind)) continue
      targets[pid]?.finish()
      targets[pid] = undefined
    }
    const isFirst = !program
    program = { ...read, streams }
    emit({ type: 'program', program })
    for (const stream of streams)
      if (stream.pid !== associationPid && stream.pid !== read.mapPid)
        targets[stream.pid] ??= createTarget(stream.pid, { stream }, ports)
    if (!isFirst) return
    if (held.dropped > 0)
      say(
        'TS_TABLES_LATE',
        `stream: expected a programme map within ${limits.maxHeldBytes} bytes, got it later`,
      )
    held.release(packet)
  }
  const packet = (bytes: Uint8Array, from: number, at: number): void => {
    position = at
    readPacketHeader(bytes, from, header)
    const { pid } = header
    if (pid === nullPid) return
    if (header.pcr >= 0 && pid === program?.pcrPid && !header.isBroken) clockTicks = clock.unroll(header.pcr)
    const target = targets[pid]
    if (target) target.packet(bytes, header, pid === program?.pcrPid)
    else if (!program) held.add(bytes, from, at)
  }
  const eachOpen = (act: (target: Target) => void): void => {
    for (const pid of [
      associationPid,
      association?.mapPid,
      ...(program?.streams ?? []).map((one) => one.pid),
    ]) {
      const target = pid === undefined ? undefined : targets[pid]
      if (target) act(target)
    }
  }
  const sync = new PacketSync({
    packet,
    lost(at, skipped) {
      position = at
      if (sync.isFound)
        say('TS_SYNC_LOST', `stream: expected packets, got ${skipped} bytes of something else`)
      // The packet in front of them may have a part of its successor in it.
      eachOpen((target) => target.damage())
    },
  })
  targets[associationPid] = createTarget(associationPid, { sections: associate }, ports)
  return {
    push: (chunk) => sync.push(chunk),
    end() {
      sync.end()
      eachOpen((target) => target.finish())
      if (!sync.isFound) say('TS_NOT_TS', 'stream: expected packets of 188, 192 or 204 bytes, got none')
      else if (!program) say('TS_PROGRAM_MISSING', missing(options.program, association))
    },
    get problems() {
      return counts.counts
    },
  }
}

const missing = (wanted: number | undefined, association: Association | undefined): string =>
  association
    ? `stream: expected the map of programme ${association.number} on PID ${association.mapPid}, got none`
    : `stream: expected ${wanted === undefined ? 'a programme' : `programme ${wanted}`} in a programme association table, got none`

/** Equal in all but the version: encoders raise it without a change. */
const sameProgram = (a: Program, b: Program): boolean =>
  JSON.stringify({ ...a, version: 0 }) === JSON.stringify({ ...b, version: 0 })
