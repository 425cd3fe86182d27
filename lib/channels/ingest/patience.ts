/** What an object waits for before it is taken: none of it is longer than three segments, behind which a hole is a gap. */
import { ByteReader, boxes, readFtyp } from '../../formats/isobmff/index.ts'
import { isTransportStream } from '../../packaging/index.ts'
import { realPauses } from '../../platform/retry.ts'
import type { Channel } from '../channel.ts'
import { type Headed, headFor, type Needed } from './head.ts'
import type { FeedObject, FeedPorts } from './ports.ts'

const turnMs = 500
/** Behind it there are five seconds for an init segment, two for others, and the work. */
const maxMs = 20_000

const turnsIn = (segments: number, { segmentSeconds }: Channel): number =>
  Math.ceil(Math.min(segments * segmentSeconds * 1000, maxMs) / turnMs)

/** Between two turns, in milliseconds. */
export const pauseMs = turnMs

/** Turns that an object may wait for another whose time goes on from its own. */
export const turnsToProve = (channel: Channel): number => turnsIn(3, channel)

/** The head for a segment, as soon as its time is believed; undefined if that is alone with it. */
export async function provenHead(
  ports: FeedPorts,
  needed: Needed,
  turns: number,
): Promise<Headed | undefined> {
  const { sleep } = ports.pauses ?? realPauses
  for (let turn = 0; ; turn++) {
    const headed = await headFor(ports, needed)
    if (headed || turn >= turns) return headed
    await sleep(turnMs)
  }
}

/** Whether an object may be worse than the one of another pipeline: damaged, or a filler. */
export const isLetPass = (channel: Channel, object: FeedObject & { readonly isDamaged: boolean }): boolean =>
  (channel.pipelines?.length ?? 0) > 1 && (object.isDamaged || isFiller(object))

/**
 * Lets an object that is damaged, or a filler (`slat`, DASH-IF Ingest), wait for the one of the other pipeline: what
 * comes first is published, and what is published is never replaced. Says how many turns that took.
 */
export async function letBetterPass(
  { pauses = realPauses }: Pick<FeedPorts, 'pauses'>,
  channel: Channel,
  object: FeedObject & { readonly isDamaged: boolean },
): Promise<number> {
  if (!isLetPass(channel, object)) return 0
  const turns = turnsIn(2, channel)
  await pauses.sleep(turns * turnMs)
  return turns
}

function isFiller({ bytes, path }: FeedObject): boolean {
  if (isTransportStream(bytes)) return false
  for (const box of boxes(new ByteReader(bytes, 0, path)))
    if (box.type === 'styp') return readFtyp(box).compatible.includes('slat')
  return false
}
