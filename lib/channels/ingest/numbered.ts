/**
 * WebVTT segments say what is shown when, but not from when to when they are themselves; encoders number them as the
 * media beside them. Playlists that come by HTTP name segments that lie in no bucket to be read again. So of channels
 * that have either, and of those that have only begun, it is kept for an hour where each object of the leading track
 * lies.
 */
import type { FeedTrack } from '../../packaging/index.ts'
import { mpegSecondsOf } from '../../packaging/index.ts'
import type { Channel } from '../channel.ts'
import { isBeside } from '../live/beside.ts'
import type { HeadRow, Numbered } from '../live/store.ts'
import { isYoung } from './head.ts'
import type { FeedObject, FeedPorts } from './ports.ts'
import { objectNumber, pipelineOf } from './stream-name.ts'

/** An object of a track, and where it was placed. */
export interface Placed {
  readonly row: HeadRow
  readonly trackId: string
  readonly track: FeedTrack
  /** In ticks of its own. */
  readonly added: number
}

/** Keeps it, if it may be asked for. */
export async function noteNumber(
  ports: Pick<FeedPorts, 'live' | 'now'>,
  { channel, object }: { readonly channel: Channel; readonly object: FeedObject },
  { row, trackId, track, added }: Placed,
): Promise<void> {
  const isLead = row.head.tracks.find(({ type }) => !isBeside(type))?.id === trackId
  const number = objectNumber(object.path)
  if (!isLead || number === undefined) return
  if (row.keepsNumbers !== true && !isYoung(row.head, ports.now())) return
  const { timescale, start, duration } = track
  await ports.live.putNumbered(row.head.id, numberedKey(channel, object.path, number), {
    timescale,
    start: start + added,
    duration,
    mpegSeconds: mpegSecondsOf(track),
    writtenMs: object.writtenMs,
  })
}

/** From now on numbers are kept; a writer that was faster is found by the next who needs them. */
export async function keepNumbers({ live }: Pick<FeedPorts, 'live'>, id: string): Promise<void> {
  const row = await live.head(id)
  if (row && row.keepsNumbers !== true)
    await live.putHead({ ...row, keepsNumbers: true, revision: row.revision + 1 })
}

/** Numbers begin anew when an encoder does: what is so much older or newer is of another run. */
const sameRunMs = 120_000

/** Whether an object that has the number was written about then. */
export const isOfRun = ({ writtenMs }: Numbered, aboutMs: number): boolean =>
  Math.abs(writtenMs - aboutMs) <= sameRunMs

/** Redundant pipelines may count differently. */
export const numberedKey = (
  { pipelines }: Pick<Channel, 'pipelines'>,
  path: string,
  number: number,
): string => `${pipelineOf(path, pipelines)}/${String(number).padStart(15, '0')}`
