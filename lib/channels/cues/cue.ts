/** A cue as a channel keeps it: a section of SCTE 35, and when what it says happens. */
import { base64Bytes, base64Text } from '../../formats/base64.ts'
import { eventsOf, readSpliceInfoSection } from '../../formats/scte35/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'

/** A cue on the channel's clock. */
export interface Cue {
  /** Ticks of 90 kHz since 1970: finer than any frame, and what transport streams count in. */
  readonly at: number
  /** The whole section, base64. */
  readonly section: string
}

/** Ticks of a cue's clock. */
export const cueTimescale = 90_000

/** A cue of a section. */
export const cueOf = (section: Uint8Array, at: number): Cue => ({ at, section: base64Text(section) })

/** The events of a cue. */
export const cueEvents = ({ section }: Cue) =>
  eventsOf(readSpliceInfoSection(base64Bytes(section, 'cue of a channel')))

/**
 * What tells a cue from others: encoders send each several times, and both pipelines send it, with what was added to its
 * times on the way.
 */
export function cueId(cue: Cue): string {
  const words = cueEvents(cue).map(({ source, id, kind, duration, segmentation }) =>
    [source, id, kind, duration, segmentation?.typeId, segmentation?.num].join(' '),
  )
  return sha256Hex(Buffer.from(words.join())).slice(0, 8)
}
