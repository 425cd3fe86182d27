/** Private streams that nobody describes and that are audio all the same, as FFmpeg writes AAC into M2TS. */
import type { Program, StreamKind } from './events.ts'
import { emptyHeader, readPacketHeader } from './packet-header.ts'
import { PacketSync } from './packet-sync.ts'

const privatePes = 0x06

/** First bits of frames: ADTS (ISO/IEC 13818-7 6.2), LOAS (14496-3 1.7.2), AC-3 (ETSI TS 102 366 4.1). */
const syncWords: readonly (readonly [kind: StreamKind, mask: number, word: number])[] = [
  ['aac', 0xfff6, 0xfff0],
  ['latm', 0xffe0, 0x56e0],
  ['ac-3', 0xffff, 0x0b77],
]

/** What such streams are by PID, told by the first frame that begins a packet of theirs within these bytes. */
export function privateAudio(
  bytes: Uint8Array,
  programs: readonly Program[],
): ReadonlyMap<number, StreamKind> {
  const unnamed = new Set(
    programs
      .flatMap(({ streams }) => streams)
      .filter(({ kind, type, name }) => kind === 'skipped' && type === privatePes && name.includes('0x06'))
      .map(({ pid }) => pid),
  )
  const found = new Map<number, StreamKind>()
  if (unnamed.size === 0) return found
  const header = emptyHeader()
  const sync = new PacketSync({
    packet(data, from) {
      readPacketHeader(data, from, header)
      const { pid, isStart, isBroken, isScrambled } = header
      if (!isStart || isBroken || isScrambled || !unnamed.has(pid)) return
      const kind = kindOf(data.subarray(header.from, header.to))
      unnamed.delete(pid)
      if (kind) found.set(pid, kind)
    },
    lost: () => undefined,
  })
  sync.push(bytes)
  return found
}

/** stream_id 110x xxxx is audio (ISO/IEC 13818-1 table 2-22). */
function kindOf(pes: Uint8Array): StreamKind | undefined {
  const isAudio = pes[0] === 0 && pes[1] === 0 && pes[2] === 1 && ((pes[3] ?? 0) & 0xe0) === 0xc0
  const start = 9 + (pes[8] ?? 0)
  const word = ((pes[start] ?? 0) << 8) | (pes[start + 1] ?? 0)
  return isAudio ? syncWords.find(([, mask, expected]) => (word & mask) === expected)?.[0] : undefined
}
