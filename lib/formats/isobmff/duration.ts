/** Durations of headers (ISO/IEC 14496-12 8.2.2.3). */
import type { ByteReader } from './byte-reader.ts'

/** 0 if unknown (all ones) or too large to be exact. */
export function readDuration(body: ByteReader, version: number): number {
  if (version !== 1) return unlessUnknown(body.u32())
  const [high, low] = [body.u32(), body.u32()]
  return high > 0x1fffff ? 0 : high * 2 ** 32 + low
}

const unlessUnknown = (duration: number): number => (duration === 0xffffffff ? 0 : duration)
