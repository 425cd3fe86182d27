/** Reads the section of a cue. */
import { base64Text } from '../../formats/base64.ts'
import { eventsOf, readSpliceInfoSection } from '../../formats/scte35/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { Cue } from './cue.ts'

/** The cue of a section, at ticks of its clock; throws HeadendError for what is no section. */
export const cueOf = (section: Uint8Array, at: number): Cue => ({
  at,
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
