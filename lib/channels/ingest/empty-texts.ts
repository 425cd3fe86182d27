/**
 * Text that did not come in time is text without words: a gap of text would end DASH's Periods for something that
 * nobody sees, and a playlist of HLS that stands still stops some players (RFC 8216bis 6.2.1).
 */
import { emptyText } from '../../packaging/index.ts'
import type { LiveHead } from '../../timeline/live/head.ts'
import type { Segment } from '../../timeline/timeline.ts'
import { isBeside } from '../live/beside.ts'
import type { MinuteRow } from '../live/minute-row.ts'
import type { FeedPorts } from './ports.ts'
import { storeSegment } from './store-segment.ts'

/** Rows in which what is missing of text is empty segments, with their objects written. */
export async function withEmptyTexts(
  ports: Pick<FeedPorts, 'putOnce'>,
  head: LiveHead,
  rows: readonly MinuteRow[],
): Promise<readonly MinuteRow[]> {
  const made: MinuteRow[] = []
  for (const row of rows) {
    const track = head.tracks.find(({ id }) => id === row.trackId)
    const [config] = track?.configs ?? []
    if (!track || !config || !isBeside(track.type)) {
      made.push(row)
      continue
    }
    const segments: Segment[] = []
    for (const segment of row.segments)
      segments.push(
        segment.gap === 'missing'
          ? await empty(ports, head, { ...track, codec: config.codec, segment })
          : segment,
      )
    made.push({ ...row, segments })
  }
  return made
}

interface ToFill {
  readonly id: string
  readonly timescale: number
  readonly codec: string
  readonly segment: Segment
}

function empty(
  ports: Pick<FeedPorts, 'putOnce'>,
  ref: LiveHead,
  { id, timescale, codec, segment }: ToFill,
): Promise<Segment> {
  const { start, duration } = segment
  const { media, webVtt } = emptyText({ codec, timescale, start, duration })
  const place: Segment = { ...segment, sync: true, gap: 'none' }
  return storeSegment(ports, { ref, trackId: id, place, media, webVtt, run: Number.NaN })
}
