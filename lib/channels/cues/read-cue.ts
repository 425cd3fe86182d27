/** Reads the section of a cue. */
import { base64Text } from '../../formats/base64.ts'
import { eventsOf, readSpliceInfoSection } from '../../formats/scte35/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import { type Cue, cueTimescale } from './cue.ts'

/** The cue of a section, at ticks of its clock and said at others; throws HeadendError for what is no section. */
export const cueOf = (section: Uint8Array, at: number, saidAt: number): Cue => ({
  at,
  saidAt,
  section: base64Text(section),
  events: eventsOf(readSpliceInfoSection(section)).map((event) => ({
    id: event.id,
    source: event.source,
    kind: event.kind,
    at: event.at,
    ...(event.duration !== undefined && { duration: event.duration }),
    ...(event.autoReturn !== undefined && { autoReturn: event.autoReturn }),
    ...(event.segmentation && { segmentation: event.segmentation }),
  })),
})

/** Cues of a section. What it schedules for a time of day is a cue of its own, kept where that time is looked for. */
export function cuesOf(section: Uint8Array, at: number, saidAt: number): readonly Cue[] {
  const cue = cueOf(section, at, saidAt)
  const scheduled = cue.events.flatMap((event) =>
    event.at.kind === 'utc' ? [{ ...cue, at: event.at.utcMs * (cueTimescale / 1000), events: [event] }] : [],
  )
  const others = cue.events.filter((event) => event.at.kind !== 'utc')
  return others.length > 0 ? [{ ...cue, events: others }, ...scheduled] : scheduled
}

/**
 * What tells a cue from others: encoders send each several times, and both pipelines send it, with what was added to its
 * times on the way.
 */
export function cueId({ events }: Cue): string {
  const words = events.map(({ source, id, kind, duration, segmentation }) =>
    [source, id, kind, duration, segmentation?.typeId, segmentation?.num].join(' '),
  )
  return sha256Hex(Buffer.from(words.join())).slice(0, 8)
}
