/**
 * Text that did not come in time is text without words: a gap of text would end DASH's Periods for something that
 * nobody sees, and a playlist of HLS that stands still stops some players (RFC 8216bis 6.2.1).
 */
import { emptyText } from '../../packaging/index.ts'
import type { LiveHead } from '../../timeline/live/head.ts'
import { keepDays } from '../../timeline/live/keeping.ts'
import { liveObjects } from '../../timeline/live/placement.ts'
import { segmentFile, webVttFile } from '../../timeline/media-path.ts'
import type { Segment } from '../../timeline/timeline.ts'
import { isBeside } from '../live/beside.ts'
import type { MinuteRow } from '../live/minute-row.ts'
import type { FeedPorts } from './ports.ts'

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

async function empty(
  { putOnce }: Pick<FeedPorts, 'putOnce'>,
  head: LiveHead,
  { id, timescale, codec, segment }: ToFill,
): Promise<Segment> {
  const { number, cut, start, duration, configId } = segment
  const { media, webVtt } = emptyText({ codec, timescale, start, duration })
  const folder = liveObjects(head.id, head.version, id)
  const days = keepDays(head.windowSeconds)
  if (webVtt) await putOnce(folder + webVttFile(number, cut), webVtt, {}, days)
  const bytes = media.length
  const facts = { duration: `${duration}`, config: configId, bytes: `${bytes}`, sync: 'true', run: 'NaN' }
  await putOnce(folder + segmentFile(number, cut), media, facts, days)
  return { ...segment, bytes, gap: 'none' }
}
