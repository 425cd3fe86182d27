/** EventMessageBox (ISO/IEC 23009-1 5.10.3.3): an event that comes within the segments. */
import type { Box } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** An event of a segment. */
export interface EventMessage {
  readonly scheme: string
  readonly value: string
  /** Units per second of its times. */
  readonly timescale: number
  /** From the beginning of the segment it is in (version 0), or on the clock of the track (version 1). */
  readonly from: 'segment' | 'track'
  readonly time: number
  readonly duration: number
  readonly id: number
  readonly data: Uint8Array
}

/** Reads one; undefined for a version that is not defined. */
export function readEmsg({ body }: Box): EventMessage | undefined {
  const version = body.u8()
  body.skip(3)
  if (version === 0) {
    const [scheme, value] = [text(body), text(body)]
    const [timescale, time, duration, id] = [body.u32(), body.u32(), body.u32(), body.u32()]
    return { scheme, value, timescale, from: 'segment', time, duration, id, data: body.take(body.left) }
  }
  if (version !== 1) return undefined
  const timescale = body.u32()
  // Above 2^53 to the nearest: ten million ticks a second since 1970 are off by a few of them.
  const time = body.u32() * 2 ** 32 + body.u32()
  const [duration, id] = [body.u32(), body.u32()]
  const [scheme, value] = [text(body), text(body)]
  return { scheme, value, timescale, from: 'track', time, duration, id, data: body.take(body.left) }
}

/** Writes one of version 1, on the clock of its track. */
export function writeEmsg(
  to: ByteWriter,
  { scheme, value, timescale, time, duration, id, data }: Omit<EventMessage, 'from'>,
): void {
  to.fullBox('emsg', 1, 0, () => {
    to.u32(timescale)
    to.u64(time)
    to.u32(duration)
    to.u32(id)
    for (const words of [scheme, value]) {
      to.bytes(new TextEncoder().encode(words))
      to.u8(0)
    }
    to.bytes(data)
  })
}

/** Bytes up to a zero, or all that are left. */
function text(body: Box['body']): string {
  const bytes: number[] = []
  while (body.left > 0) {
    const byte = body.u8()
    if (byte === 0) break
    bytes.push(byte)
  }
  return Buffer.from(bytes).toString()
}
