/** Programme association and programme map sections (ISO/IEC 13818-1 2.4.4.3, 2.4.4.8). */
import { descriptorsIn, formatIdentifiers } from './descriptors.ts'
import type { Program, Stream } from './events.ts'
import { streamOf } from './stream-kinds.ts'

/** A programme and the PID of its map. */
export interface Association {
  readonly number: number
  readonly mapPid: number
}

const associationTable = 0
const mapTable = 2
const crcBytes = 4
const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
const pidAt = (bytes: Uint8Array, at: number): number => u16(bytes, at) & 0x1fff
const lengthAt = (bytes: Uint8Array, at: number): number => u16(bytes, at) & 0x0fff

/** True if the section is in force already. */
const isCurrent = (section: Uint8Array): boolean => ((section[5] ?? 0) & 1) === 1

/** Its programmes, without the network's; undefined if it is another table, or not yet in force. */
export function readAssociations(section: Uint8Array): readonly Association[] | undefined {
  if (section[0] !== associationTable || !isCurrent(section)) return undefined
  const found: Association[] = []
  for (let at = 8; at + 4 <= section.length - crcBytes; at += 4) {
    const number = u16(section, at)
    if (number !== 0) found.push({ number, mapPid: pidAt(section, at + 2) })
  }
  return found
}

/** A programme's map; undefined if it is another table, of another programme, or not yet in force. */
export function readMap(section: Uint8Array, { number, mapPid }: Association): Program | undefined {
  if (section[0] !== mapTable || u16(section, 3) !== number || !isCurrent(section)) return undefined
  const end = section.length - crcBytes
  const ofProgram = lengthAt(section, 10)
  const identifiers = formatIdentifiers(descriptorsIn(section.subarray(12, Math.min(end, 12 + ofProgram))))
  const streams: Stream[] = []
  for (let at = 12 + ofProgram; at + 5 <= end; ) {
    const length = lengthAt(section, at + 3)
    const descriptors = descriptorsIn(section.subarray(at + 5, Math.min(end, at + 5 + length)))
    const pid = pidAt(section, at + 1)
    if (!streams.some((known) => known.pid === pid))
      streams.push(streamOf(pid, section[at] ?? 0, { descriptors, programIdentifiers: identifiers }))
    at += 5 + length
  }
  return { number, version: ((section[5] ?? 0) >> 1) & 31, mapPid, pcrPid: pidAt(section, 8), streams }
}
