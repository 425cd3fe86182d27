/** Sections of SCTE 35, and transport streams they are put into. */
import { crc32Mpeg } from '../../../lib/formats/crc32.ts'
import { type SpliceInfoSection, writeSpliceInfoSection } from '../../../lib/formats/scte35/index.ts'

type Command = Extract<SpliceInfoSection['content'], { kind: 'clear' }>['command']
type Descriptors = Extract<SpliceInfoSection['content'], { kind: 'clear' }>['descriptors']

const section = (command: Command, descriptors: Descriptors = []): Uint8Array =>
  writeSpliceInfoSection({
    sapType: 3,
    privateIndicator: false,
    protocolVersion: 0,
    encryptionAlgorithm: 0,
    ptsAdjustment: 0,
    cwIndex: 255,
    tier: 0xfff,
    content: { kind: 'clear', command, hasLegacyLength: false, descriptors, stuffing: new Uint8Array(0) },
  })

/** What a splice says; without a time it is immediate. */
export interface MadeSplice {
  readonly id: number
  /** Ticks of 90 kHz. */
  readonly pts?: number
  readonly out?: boolean
  readonly duration?: number
  readonly autoReturn?: boolean
  readonly cancel?: boolean
}

/** A splice_insert. */
export const splice = ({
  id,
  pts,
  out = false,
  duration,
  autoReturn = false,
  cancel,
}: MadeSplice): Uint8Array =>
  section({
    kind: 'insert',
    eventId: id,
    ...(!cancel && {
      splice: {
        outOfNetwork: out,
        programSplice: true,
        immediate: pts === undefined,
        idComplianceFlag: true,
        ...(pts !== undefined && { time: { pts: pts % 2 ** 33 } }),
        ...(duration !== undefined && { breakDuration: { autoReturn, duration } }),
        uniqueProgramId: 1,
        availNum: 0,
        availsExpected: 0,
      },
    }),
  })

/** A splice_schedule of a way out at a time of day (UTC, ms since 1970), or the cancellation of that. */
export const schedule = (id: number, utcMs: number | undefined): Uint8Array =>
  section({
    kind: 'schedule',
    events: [
      {
        eventId: id,
        idComplianceFlag: true,
        ...(utcMs !== undefined && {
          splice: {
            outOfNetwork: true,
            programSplice: true,
            utcSeconds: (utcMs - Date.UTC(1980, 0, 6)) / 1000,
            uniqueProgramId: 1,
            availNum: 0,
            availsExpected: 0,
          },
        }),
      },
    ],
  })

/** A time_signal with one segment's beginning or end. */
export const timeSignal = ({
  id,
  typeId,
  duration,
  pts = 0,
}: {
  readonly id: number
  readonly typeId: number
  /** Ticks of 90 kHz. */
  readonly pts?: number
  /** Ticks of 90 kHz. */
  readonly duration?: number
}): Uint8Array =>
  section({ kind: 'time-signal', time: { pts: pts % 2 ** 33 } }, [
    {
      kind: 'segmentation',
      eventId: id,
      idComplianceIndicator: true,
      segment: {
        ...(duration !== undefined && { duration }),
        upid: { type: 0, bytes: new Uint8Array(0) },
        typeId,
        segmentNum: 1,
        segmentsExpected: 1,
      },
    },
  ])

const cuePid = 0x1f0
const packetBytes = 188

/** A transport stream of FFmpeg with sections on a PID of their own, each behind so many packets. */
export function withSections(
  stream: Uint8Array,
  sections: readonly { readonly bytes: Uint8Array; readonly behind: number }[],
): Uint8Array {
  const packets: Uint8Array[] = []
  for (let at = 0; at < stream.length; at += packetBytes) {
    const packet = Uint8Array.from(stream.subarray(at, at + packetBytes))
    packets.push(isMap(packet) ? withStream(packet) : packet)
  }
  const inOrder = sections.toSorted((a, b) => a.behind - b.behind)
  for (const [i, { bytes, behind }] of inOrder.entries())
    packets.splice(Math.min(behind + i, packets.length), 0, packetOf(bytes, i & 15))
  return Uint8Array.from(Buffer.concat(packets))
}

/** FFmpeg's programme map. */
const isMap = (packet: Uint8Array): boolean =>
  ((packet[1] ?? 0) & 0x1f) === 0x10 && packet[2] === 0 && packet[5] === 2

/** The map with a stream of cues behind the others (SCTE 35 8.1: registration CUEI, stream type 0x86). */
function withStream(packet: Uint8Array): Uint8Array {
  const length = (((packet[6] ?? 0) & 0x0f) << 8) | (packet[7] ?? 0)
  const body = packet.subarray(5, 8 + length - 4)
  const programInfo = (((body[10] ?? 0) & 0x0f) << 8) | (body[11] ?? 0)
  const registration = [5, 4, ...Buffer.from('CUEI')]
  const stream = [0x86, 0xe0 | (cuePid >> 8), cuePid & 255, 0xf0, 0]
  const made = Uint8Array.from([
    ...body.subarray(0, 12),
    ...registration,
    ...body.subarray(12, 12 + programInfo),
    ...body.subarray(12 + programInfo),
    ...stream,
  ])
  made[11] = programInfo + registration.length
  made[2] = made.length + 4 - 3
  const crc = crc32Mpeg(made)
  const whole = Uint8Array.from([...made, crc >>> 24, (crc >>> 16) & 255, (crc >>> 8) & 255, crc & 255])
  return filled([...packet.subarray(0, 5), ...whole])
}

/** A section that fits a packet. */
const packetOf = (bytes: Uint8Array, counter: number): Uint8Array =>
  filled([0x47, 0x40 | (cuePid >> 8), cuePid & 255, 0x10 | counter, 0, ...bytes])

const filled = (bytes: readonly number[]): Uint8Array =>
  Uint8Array.from({ length: packetBytes }, (_, i) => bytes[i] ?? 0xff)

/** An event message. */
export interface MadeMessage {
  readonly version: 0 | 1
  readonly timescale: number
  /** From the segment's beginning (version 0), or on the track's clock. */
  readonly time: number
  readonly scheme?: string
  readonly data: Uint8Array
}

/** A CMAF segment with an `emsg` box before its `moof`. */
export function withMessage(
  segment: Uint8Array,
  { version, timescale, time, data, ...more }: MadeMessage,
): Uint8Array {
  const u32 = (value: number): Uint8Array => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return bytes
  }
  const words = Buffer.from(`${more.scheme ?? 'urn:scte:scte35:2013:bin'}\0\0`)
  const [duration, id] = [u32(0xffffffff), u32(7)]
  const times =
    version === 0
      ? [u32(timescale), u32(time)]
      : [u32(timescale), u32(Math.floor(time / 2 ** 32)), u32(time % 2 ** 32)]
  const fields = version === 0 ? [words, ...times, duration, id] : [...times, duration, id, words]
  const body = Buffer.concat([u32(version << 24), ...fields, data])
  const at = Buffer.from(segment).indexOf('moof') - 4
  return Buffer.concat([
    segment.subarray(0, at),
    u32(body.length + 8),
    Buffer.from('emsg'),
    body,
    segment.subarray(at),
  ])
}
