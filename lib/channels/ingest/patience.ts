/** What an object waits for before it is taken: none of it is longer than three segments, behind which a hole is a gap. */
import { realPauses } from '../../platform/retry.ts'
import type { Channel } from '../channel.ts'
import { type Headed, headFor, type Needed } from './head.ts'
import type { FeedPorts } from './ports.ts'

const turnMs = 500
const maxMs = 12_000

const turnsIn = (segments: number, { segmentSeconds }: Channel): number =>
  Math.ceil(Math.min(segments * segmentSeconds * 1000, maxMs) / turnMs)

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
