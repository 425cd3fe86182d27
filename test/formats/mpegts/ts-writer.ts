/** Writes transport streams packet by packet, so that tests can break them anywhere (ISO/IEC 13818-1 2.4). */

/** A stream in a programme map. */
export interface WrittenStream {
  readonly pid: number
  readonly type: number
  readonly descriptors?: readonly number[]
}

/** How a PES packet is written. */
export interface WrittenPes {
  readonly data: Uint8Array
  readonly pts?: number
  readonly dts?: number
  readonly streamId?: number
  /** States its length; else it is 0. */
  readonly isBounded?: boolean
  /** Bytes of stuffing in the header. */
  readonly stuffing?: number
  readonly pcr?: number
  readonly flags?: {
    readonly discontinuity?: boolean
    readonly randomAccess?: boolean
    readonly scrambled?: boolean
  }
}

export const mapPid = 0x100

/** Collects packets of 188 bytes. */
export class TsWriter {
  readonly packets: Uint8Array[] = []
  readonly #counters = new Map<number, number>()

  get bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.packets))
  }

  /** Association and map of programme 1. */
  tables(streams: readonly WrittenStream[], { version = 0, number = 1 } = {}): this {
    this.section(0, associations([[number, mapPid]], version))
    return this.section(mapPid, mapOf(number, streams, version))
  }

  section(pid: number, ...sections: readonly Uint8Array[]): this {
    return this.payload(pid, Uint8Array.from([0, ...sections.flatMap((one) => [...one])]), { isPes: false })
  }

  pes(pid: number, pes: WrittenPes): this {
    return this.payload(pid, pesBytes(pes), { isPes: true, pcr: pes.pcr, ...pes.flags })
  }

  /** Any bytes as the payload of as many packets as they take. */
  payload(
    pid: number,
    bytes: Uint8Array,
    how: {
      readonly isPes: boolean
      readonly pcr?: number | undefined
      readonly discontinuity?: boolean
      readonly randomAccess?: boolean
      readonly scrambled?: boolean
    },
  ): this {
    for (let at = 0, isFirst = true; at < bytes.length; isFirst = false) {
      const flags = (isFirst && how.discontinuity ? 0x80 : 0) | (isFirst && how.randomAccess ? 0x40 : 0)
      const pcr = isFirst && how.pcr !== undefined ? pcrBytes(how.pcr) : []
      const field = flags > 0 || pcr.length > 0 ? [flags | (pcr.length > 0 ? 0x10 : 0), ...pcr] : []
      const room = 184 - (field.length > 0 ? 1 + field.length : 0)
      const taken = Math.min(room, bytes.length - at)
      const part = bytes.subarray(at, at + taken)
      const missing = room - taken
      const payload = how.isPes ? part : Uint8Array.from([...part, ...Array<number>(missing).fill(0xff)])
      const stuffed = how.isPes ? stuffedField(field, missing) : stuffedField(field, 0)
      this.raw(pid, { isStart: isFirst, field: stuffed, payload, scrambled: how.scrambled === true })
      at += taken
    }
    return this
  }

  /** One packet; `field` is the adaptation field with its length. */
  raw(
    pid: number,
    how: {
      readonly isStart: boolean
      readonly field: readonly number[]
      readonly payload: Uint8Array
      readonly scrambled?: boolean
    },
  ): this {
    const counter = this.#counters.get(pid) ?? 0
    if (how.payload.length > 0) this.#counters.set(pid, (counter + 1) & 15)
    const control = (how.field.length > 0 ? 0x20 : 0) | (how.payload.length > 0 ? 0x10 : 0)
    const head = [
      0x47,
      (how.isStart ? 0x40 : 0) | (pid >> 8),
      pid & 255,
      (how.scrambled ? 0x80 : 0) | control | counter,
    ]
    const packet = Uint8Array.from([...head, ...how.field, ...how.payload])
    if (packet.length !== 188) throw new Error(`a packet of ${packet.length} bytes`)
    this.packets.push(packet)
    return this
  }
}

function stuffedField(field: readonly number[], missing: number): number[] {
  if (field.length === 0 && missing === 0) return []
  if (field.length === 0 && missing === 1) return [0]
  const content = field.length === 0 ? [0] : field
  const stuffing = missing - (field.length === 0 ? 2 : 0)
  return [content.length + stuffing, ...content, ...Array<number>(stuffing).fill(0xff)]
}

function pcrBytes(ticks: number): number[] {
  const base = ((ticks % 2 ** 33) + 2 ** 33) % 2 ** 33
  const high = Math.floor(base / 2)
  return [...u32(high), ((base % 2) << 7) | 0x7e, 0]
}

/** The bytes of a PES packet. */
function pesBytes({
  data,
  pts,
  dts,
  streamId = 0xe0,
  isBounded = false,
  stuffing = 0,
}: WrittenPes): Uint8Array {
  const times = [
    ...(pts === undefined ? [] : timeBytes(dts === undefined ? 2 : 3, pts)),
    ...(pts === undefined || dts === undefined ? [] : timeBytes(1, dts)),
  ]
  const flags = (pts === undefined ? 0 : 0x80) | (pts !== undefined && dts !== undefined ? 0x40 : 0)
  const header = [...times, ...Array<number>(stuffing).fill(0xff)]
  const length = isBounded ? 3 + header.length + data.length : 0
  return Uint8Array.from([
    0,
    0,
    1,
    streamId,
    length >> 8,
    length & 255,
    0x80,
    flags,
    header.length,
    ...header,
    ...data,
  ])
}

function timeBytes(mark: number, ticks: number): number[] {
  const time = ((ticks % 2 ** 33) + 2 ** 33) % 2 ** 33
  const [high, middle, low] = [
    Math.floor(time / 2 ** 30),
    Math.floor(time / 2 ** 15) % 2 ** 15,
    time % 2 ** 15,
  ]
  return [
    (mark << 4) | (high << 1) | 1,
    middle >> 7,
    ((middle & 127) << 1) | 1,
    low >> 7,
    ((low & 127) << 1) | 1,
  ]
}

export function associations(
  programs: readonly (readonly [number: number, pid: number])[],
  version = 0,
): Uint8Array {
  const rows = programs.flatMap(([number, pid]) => [number >> 8, number & 255, 0xe0 | (pid >> 8), pid & 255])
  return sectionOf(0, [0, 1, 0xc1 | (version << 1), 0, 0, ...rows])
}

export function mapOf(number: number, streams: readonly WrittenStream[], version = 0): Uint8Array {
  const pcrPid = streams[0]?.pid ?? 0x1fff
  const rows = streams.flatMap(({ pid, type, descriptors = [] }) => [
    type,
    0xe0 | (pid >> 8),
    pid & 255,
    0xf0 | (descriptors.length >> 8),
    descriptors.length & 255,
    ...descriptors,
  ])
  const head = [
    number >> 8,
    number & 255,
    0xc1 | (version << 1),
    0,
    0,
    0xe0 | (pcrPid >> 8),
    pcrPid & 255,
    0xf0,
    0,
  ]
  return sectionOf(2, [...head, ...rows])
}

/** A section with its CRC_32. */
export function sectionOf(table: number, body: readonly number[], syntax = 0xb0): Uint8Array {
  const length = body.length + 4
  const bytes = [table, syntax | (length >> 8), length & 255, ...body]
  let crc = 0xffffffff
  for (const byte of bytes)
    for (let bit = 7; bit >= 0; bit--) {
      const carry = (crc >>> 31) ^ ((byte >> bit) & 1)
      crc = carry === 1 ? (crc << 1) ^ 0x04c11db7 : crc << 1
    }
  return Uint8Array.from([...bytes, ...u32(crc >>> 0)])
}

const u32 = (value: number): number[] => [
  Math.floor(value / 2 ** 24) & 255,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
]
