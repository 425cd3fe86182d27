/**
 * WebVTT segments say what is shown when, but not from when to when they are themselves. Encoders number them as the
 * media beside them, so of channels that have such text, and of those that have only begun, it is kept for an hour
 * where each object of the leading track lies.
 */
import type { FeedTrack } from '../../packaging/index.ts'
import { mpegSecondsOf } from '../../packaging/index.ts'
import type { Channel } from '../channel.ts'
import { isBeside } from '../live/beside.ts'
import type { HeadRow } from '../live/store.ts'
import { isYoung } from './head.ts'
import type { FeedObject, FeedPorts } from './ports.ts'
import { pipelineOf } from './stream-name.ts'

/** The last number of an object's name; undefined if it has none that fits. */
export function objectNumber(path: string): number | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.[A-Za-z0-9]+$/, '')
  const digits = /(\d{1,15})\D*$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** An object of a track, and where it was placed. */
interface Placed {
  readonly row: HeadRow
  readonly trackId: string
  readonly track: FeedTrack
  /** In ticks of its own. */
  readonly added: number
}

/** Keeps it, if WebVTT may be beside it. */
export async function noteNumber(
  ports: Pick<FeedPorts, 'live' | 'now'>,
  { channel, object }: { readonly channel: Channel; readonly object: FeedObject },
  { row, trackId, track, added }: Placed,
): Promise<void> {
  const isLead = row.head.tracks.find(({ type }) => !isBeside(type))?.id === trackId
  const number = objectNumber(object.path)
  if (!isLead || number === undefined) return
  if (row.hasWebVtt !== true && !isYoung(row.head, ports.now())) return
  const { timescale, start, duration } = track
  await ports.live.putNumbered(row.head.id, numberedKey(channel, object.path, number), {
    timescale,
    start: start + added,
    duration,
    mpegSeconds: mpegSecondsOf(track),
    writtenMs: object.writtenMs,
  })
}

/** Redundant pipelines may count differently. */
export const numberedKey = (channel: Channel, path: string, number: number): string =>
  `${pipelineOf(path, channel.pipelines)}/${String(number).padStart(15, '0')}`
