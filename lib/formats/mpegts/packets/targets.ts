/** Where packets of one PID go: continuity is checked, then they make up sections or PES packets. */
import type { ErrorCode } from '../../../errors.ts'
import type { Allocate } from '../allocate.ts'
import type { Stream, StreamKind, TsEvent } from './events.ts'
import type { PacketHeader } from './packet-header.ts'
import { PesAssembler } from './pes.ts'
import { SectionAssembler } from './sections.ts'

/** What the packets of a PID become. */
export interface Target {
  readonly packet: (bytes: Uint8Array, header: PacketHeader, hasClock: boolean) => void
  /** What is open lacks bytes. */
  readonly damage: () => void
  /** Hands over what is open. */
  readonly finish: () => void
}

/** What a target is given. */
export interface TargetPorts {
  readonly say: (code: ErrorCode, message: string, pid: number) => void
  readonly emit: (event: TsEvent) => void
  readonly unroll: (coded: number) => number
  readonly clockTicks: () => number | undefined
  readonly maxPesBytes: number
  readonly allocate: Allocate
}

/** What comes of the payloads. */
interface Assembler {
  readonly start: (header: PacketHeader) => void
  readonly push: (bytes: Uint8Array, header: PacketHeader) => void
  readonly isRepeat: (bytes: Uint8Array, header: PacketHeader) => boolean
  readonly damage: () => void
  readonly finish: () => void
}

/** A PID of tables, or of a stream. */
export type Content = { readonly sections: (bytes: Uint8Array) => void } | { readonly stream: Stream }

/** Begins one. */
export function createTarget(pid: number, content: Content, ports: TargetPorts): Target {
  const assembler =
    'stream' in content ? assemblerOf(content.stream, ports) : sectionsOf(pid, content.sections, ports)
  const isRead = !('stream' in content) || content.stream.kind !== 'skipped'
  let counter = -1
  const lost = (message: string): void => {
    assembler.damage()
    ports.say('TS_CONTINUITY', `PID ${pid}: ${message}`, pid)
  }
  return {
    packet(bytes, header, hasClock) {
      if (header.isBroken) {
        if (isRead)
          lost(
            'expected a packet without errors, got one that is marked or whose adaptation field is too long',
          )
        return
      }
      if (header.isDiscontinuous) {
        // What the packet begins belongs behind the discontinuity, what it ends before it.
        if (header.isStart) assembler.finish()
        if ('stream' in content) ports.emit({ type: 'discontinuity', pid, ofClock: hasClock })
      }
      if (!isRead || header.from >= header.to) return
      const expected = (counter + 1) & 15
      const isKnown = counter >= 0 && !header.isDiscontinuous
      if (isKnown && header.counter === counter && assembler.isRepeat(bytes, header)) return
      if (isKnown && header.counter !== expected)
        lost(`expected continuity_counter ${expected}, got ${header.counter}`)
      ;({ counter } = header)
      if (header.isScrambled) {
        assembler.damage()
        ports.say('TS_SCRAMBLED', `PID ${pid}: expected packets in the clear, got a scrambled one`, pid)
        return
      }
      if (header.isStart) assembler.start(header)
      assembler.push(bytes, header)
    },
    damage: assembler.damage,
    finish: assembler.finish,
  }
}

const sectionKinds: ReadonlySet<StreamKind> = new Set(['section', 'scte-35'])

function assemblerOf(stream: Stream, ports: TargetPorts): Assembler {
  const { pid, kind } = stream
  if (!sectionKinds.has(kind)) return packetsOf(stream, ports)
  return sectionsOf(
    pid,
    (bytes) => {
      const clockTicks = ports.clockTicks()
      const section = {
        pid,
        kind,
        tableId: bytes[0] ?? 0,
        bytes,
        ...(clockTicks !== undefined && { clockTicks }),
      }
      ports.emit({ type: 'section', section })
    },
    ports,
  )
}

function sectionsOf(pid: number, section: (bytes: Uint8Array) => void, { say }: TargetPorts): Assembler {
  const assembler = new SectionAssembler({
    section,
    problem: (code, message) => say(code, `PID ${pid}: ${message}`, pid),
  })
  return {
    start: () => undefined,
    push: (bytes, { from, to, isStart }) => assembler.push(bytes.subarray(from, to), isStart),
    isRepeat: () => true,
    damage: () => assembler.interrupt(),
    finish: () => undefined,
  }
}

function packetsOf(
  { pid, kind }: Stream,
  { say, emit, unroll, maxPesBytes, allocate }: TargetPorts,
): Assembler {
  const assembler = new PesAssembler(
    {
      problem: (code, message) => say(code, `PID ${pid}: ${message}`, pid),
      pes({ pts, dts, ...rest }) {
        // The decoding time first: it is the one that goes on evenly.
        const dtsTicks = dts === undefined ? undefined : unroll(dts)
        const ptsTicks = pts === undefined ? undefined : unroll(pts)
        const times = {
          ...(ptsTicks !== undefined && { ptsTicks }),
          ...(dtsTicks !== undefined && { dtsTicks }),
        }
        emit({ type: 'pes', pes: { pid, kind, ...times, ...rest } })
      },
    },
    { maxBytes: maxPesBytes, isUnbounded: kind === 'avc' || kind === 'hevc', allocate },
  )
  return {
    start: ({ randomAccess }) => assembler.start(randomAccess),
    push: (bytes, { from, to }) => assembler.push(bytes, from, to),
    isRepeat: (bytes, { from, to }) => assembler.endsWith(bytes, from, to),
    damage: () => assembler.damage(),
    finish: () => assembler.finish(),
  }
}
