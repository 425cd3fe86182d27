/** The text of a cue (W3C WebVTT 4.2.2). */
import { timestamp, timestampMs, timestampPattern } from './timestamp.ts'

/** Escapes plain text for a cue. */
export const escapeCueText = (plain: string): string =>
  plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const withinText = new RegExp(`<(${timestampPattern})>`, 'g')

/** True if parts of the text appear at times of their own. */
export const hasTimestamps = (text: string): boolean => text.search(withinText) >= 0

/** The text with those times shifted. */
export const shiftTimestamps = (text: string, ms: number): string =>
  ms === 0
    ? text
    : text.replaceAll(withinText, (_, time: string) => `<${timestamp(Math.max(0, timestampMs(time) + ms))}>`)
