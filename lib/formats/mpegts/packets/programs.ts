/** The programmes of a transport stream, as far as its first bytes tell (ISO/IEC 13818-1 2.4.4). */
import type { Program } from './events.ts'
import { emptyHeader, readPacketHeader } from './packet-header.ts'
import { PacketSync } from './packet-sync.ts'
import { SectionAssembler } from './sections.ts'
import { type Association, readAssociations, readMap } from './tables.ts'

const associationPid = 0
/** Packets before the first one: a part of one, behind a time stamp or in front of parity. */
const maxFirstAt = 204 + 4

/** True if packets follow one another from the start on; `isWhole` if these are all bytes there are. */
export function beginsTransportStream(bytes: Uint8Array, isWhole: boolean): boolean {
  let firstAt: number | undefined
  const sync = new PacketSync({
    packet(_, __, at) {
      firstAt ??= at
    },
    lost: () => undefined,
  })
  sync.push(bytes)
  if (isWhole) sync.end()
  return firstAt !== undefined && firstAt <= maxFirstAt
}

/** Programmes whose map is in these bytes, in the order of the first association table; the first map of each. */
export function programsIn(bytes: Uint8Array): readonly Program[] {
  const header = emptyHeader()
  const assemblers = new Map<number, SectionAssembler>()
  const maps = new Map<number, Program>()
  let associations: readonly Association[] | undefined
  const take = (pid: number, section: Uint8Array): void => {
    if (pid === associationPid) associations ??= readAssociations(section)
    for (const association of associations ?? []) {
      const map = association.mapPid === pid ? readMap(section, association) : undefined
      if (map && !maps.has(map.number)) maps.set(map.number, map)
    }
  }
  const isTable = (pid: number): boolean =>
    pid === associationPid || (associations?.some(({ mapPid }) => mapPid === pid) ?? false)
  const sync = new PacketSync({
    packet(data, from) {
      readPacketHeader(data, from, header)
      const { pid, isBroken, isScrambled, isStart } = header
      if (isBroken || isScrambled || !isTable(pid)) return
      let assembler = assemblers.get(pid)
      if (!assembler) {
        assembler = new SectionAssembler({ section: (one) => take(pid, one), problem: () => undefined })
        assemblers.set(pid, assembler)
      }
      assembler.push(data.subarray(header.from, header.to), isStart)
    },
    lost: () => undefined,
  })
  sync.push(bytes)
  sync.end()
  return (associations ?? []).flatMap(({ number }) => maps.get(number) ?? [])
}
