/** A segment of a live text track as WebVTT, as HLS wants it (RFC 8216bis 3.1.4). */
import { writeWebVtt } from '../../formats/webvtt/index.ts'
import type { TimedText } from '../text/cues.ts'

/** MPEG-2 time is 33 bits of 90 kHz. */
const wrapTicks = 2 ** 33
const ticksPerMs = 90
/** Cues may begin before the clock does that a segment counts by: their times must not be below 0. */
const localMs = 3_600_000

/**
 * Writes cues whose times count milliseconds since 1970, in a segment that begins at `startMs`. LOCAL stands for the
 * first whole second behind the last time that the 33 bits began anew: so the map is exact, it is the same for all
 * segments of a day, by which players know cues again that are repeated, and Shaka Player, which counts how often the
 * clock began anew before a segment, finds the time, too.
 */
export function feedWebVtt({ styles, regions, cues }: TimedText, startMs: number): Uint8Array {
  const anew = Math.floor((startMs * ticksPerMs) / wrapTicks) * wrapTicks
  const zeroMs = Math.ceil(anew / (ticksPerMs * 1000)) * 1000
  const local = (ms: number): number => Math.max(0, Math.round(ms) - zeroMs + localMs)
  const text = writeWebVtt({
    timestampMap: { localMs, mpegTs: zeroMs * ticksPerMs - anew },
    styles,
    regions,
    cues: cues.map((cue) => ({ ...cue, startMs: local(cue.startMs), endMs: local(cue.endMs) })),
  })
  return new TextEncoder().encode(text)
}
