/** Cues (SCTE 35) that come with a segment, on the clock of its encoder. */
import { HeadendError } from '../../errors.ts'
import { ByteReader, boxes, readEmsg } from '../../formats/isobmff/index.ts'
import { eventsOf, readSpliceInfoSection } from '../../formats/scte35/index.ts'

/** A cue: a section, and when what it says happens. */
export interface FeedCue {
  readonly section: Uint8Array
  /** Seconds of the encoder's clock. */
  readonly atSeconds: number
  /** When it was said, on the same clock: what was said later counts. */
  readonly saidSeconds: number
}

/** What was read of cues, and what could not be. */
export interface FeedCues {
  readonly cues: readonly FeedCue[]
  readonly problems: readonly { readonly code: string; readonly message: string }[]
}

/** A section as a stream of sections has it. */
export interface TimedSection {
  readonly bytes: Uint8Array
  /** When it came, in ticks of 90 kHz. */
  readonly clockTicks: number
}

const wrapTicks = 2 ** 33

/** Cues of a transport stream: their times are PTS of 33 bits, the nearest to when they came. */
export const sectionCues = (sections: readonly TimedSection[]): FeedCues =>
  collected(sections, ({ bytes, clockTicks }, order) => {
    const [first] = eventsOf(readSpliceInfoSection(bytes))
    if (!first) return undefined
    // A time of day is put on the channel's clock by whoever knows that; until then it is when it came.
    const at = first.at.kind === 'pts' ? nearest(first.at.pts, clockTicks) : clockTicks
    return { section: bytes, atSeconds: at / 90_000, saidSeconds: (clockTicks + order) / 90_000 }
  })

const nearest = (pts: number, to: number): number => pts + Math.round((to - pts) / wrapTicks) * wrapTicks

const cueScheme = 'urn:scte:scte35:2013:bin'

/** Cues in `emsg` boxes of a CMAF segment that begins at `startSeconds`: the event's time counts, whatever its section says. */
export function messageCues(name: string, media: Uint8Array, startSeconds: number): FeedCues {
  const all = [...boxes(new ByteReader(media, 0, name))].filter(({ type }) => type === 'emsg')
  return collected(all, (box, order) => {
    const event = readEmsg(box)
    if (event?.scheme !== cueScheme || event.timescale === 0) return undefined
    const seconds = event.time / event.timescale
    // Read here so that what is no section is known while its segment is.
    if (eventsOf(readSpliceInfoSection(event.data)).length === 0) return undefined
    const atSeconds = event.from === 'segment' ? startSeconds + seconds : seconds
    return { section: event.data, atSeconds, saidSeconds: startSeconds + order / 90_000 }
  })
}

/** Of messages that came at one time, each is said a tick behind the one before. */
function collected<Item>(
  items: readonly Item[],
  read: (item: Item, order: number) => FeedCue | undefined,
): FeedCues {
  const cues: FeedCue[] = []
  const problems: { code: string; message: string }[] = []
  for (const [order, item] of items.entries())
    try {
      const cue = read(item, order)
      if (cue) cues.push(cue)
    } catch (error) {
      if (!(error instanceof HeadendError)) throw error
      problems.push({ code: error.code, message: error.message })
    }
  return { cues, problems }
}
