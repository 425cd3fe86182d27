/** Takes a WebVTT segment of an HLS feed: it is beside the media that has the same number. Safe to run twice and late. */
import { HeadendError } from '../../errors.ts'
import { webVttSegment } from '../../packaging/index.ts'
import { realPauses } from '../../platform/retry.ts'
import type { Channel } from '../channel.ts'
import type { Numbered } from '../live/store.ts'
import { headFor } from './head.ts'
import { isOfRun, keepNumbers, numberedKey } from './numbered.ts'
import { pauseMs, turnsToProve } from './patience.ts'
import type { FeedObject, FeedPorts, Outcome } from './ports.ts'
import { recordSegment } from './record-segment.ts'
import { settle } from './settle.ts'
import { objectNumber, streamOf } from './stream-name.ts'
import { textFacts, textStream } from './text-facts.ts'

/** Takes it. Throws FEED_SEGMENT, or the reader's error, for what no retry makes readable. */
export async function takeWebVtt(
  ports: FeedPorts,
  channel: Channel,
  object: FeedObject,
): Promise<readonly Outcome[]> {
  const { path, bytes, writtenMs } = object
  const number = objectNumber(path)
  if (number === undefined)
    throw new HeadendError('FEED_SEGMENT', `${path}: expected the number of the media beside it, got none`)
  const beside = await besideOf(ports, channel, { object, number })
  if (!beside && ports.postpones) return [{ kind: 'postponed' }]
  if (!beside)
    return [
      {
        kind: 'passed over',
        why: `${path}: expected video or audio of number ${number} beside it, got none`,
      },
    ]
  const id = `live/${channel.id}`
  const name = streamOf(path, channel.pipelines)
  const stream = name + textStream
  // What is said later is told to the head by the playlist that says it.
  const isKnown = (await ports.live.head(id))?.streams[stream] !== undefined
  const facts = isKnown ? { roles: [] } : await textFacts(ports, id, name)
  const { track, problems } = webVttSegment(path, bytes, { beside, facts })
  const own = { addSeconds: 0, run: Number.NaN }
  const headed = await headFor(ports, { channel, stream, track, writtenMs, placed: own })
  if (!headed) return [{ kind: 'passed over', why: `${path}: expected a channel that has begun, got none` }]
  const { row, trackId } = headed
  const [config = track.config] = row.head.tracks.find((one) => one.id === trackId)?.configs ?? []
  const { start, timescale } = track
  const recorded = await recordSegment(ports, {
    ref: row.head,
    trackId,
    track: { ...track, config },
    start,
    run: own.run,
    writtenMs,
  })
  await settle(ports, { head: row.head, seconds: start / timescale })
  const damaged = problems.map((why): Outcome => ({ kind: 'damaged', code: 'TEXT_CUES_BROKEN', why }))
  return [recorded, ...damaged]
}

/** The media beside it, as soon as that has come; undefined if it does not within three segments. */
async function besideOf(
  ports: FeedPorts,
  channel: Channel,
  { object, number }: { readonly object: FeedObject; readonly number: number },
): Promise<Numbered | undefined> {
  const { sleep } = ports.pauses ?? realPauses
  const id = `live/${channel.id}`
  const turns = ports.postpones ? 0 : turnsToProve(channel)
  for (let turn = 0; ; turn++) {
    await keepNumbers(ports, id)
    const found = await ports.live.numbered(id, numberedKey(channel, object.path, number))
    if (found && isOfRun(found, object.writtenMs)) return found
    if (turn >= turns) return undefined
    await sleep(pauseMs)
  }
}
