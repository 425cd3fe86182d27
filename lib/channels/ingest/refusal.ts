/** The last object of a channel that was not taken, or not whole: what its operator is shown, and can do something about. */
import type { HeadendError } from '../../errors.ts'
import type { Refusal } from '../live/store.ts'
import type { FeedPorts, Outcome } from './ports.ts'

/** At most one write in so long, whatever an encoder sends. */
const everyMs = 10_000
/** More than one environment serves at a time. */
const maxChannels = 1000

/** When one was noted last, by channel; kept by an environment. */
export type NotedRefusals = Map<string, number>

/** None yet. */
export const notedRefusals = (): NotedRefusals => new Map()

/** What notes them. */
export interface RefusalPorts extends Pick<FeedPorts, 'now'> {
  readonly live: Pick<FeedPorts['live'], 'putRefusal'>
  readonly noted: NotedRefusals
}

/** What is wrong with an object; undefined if nothing is, or nothing that its encoder could do better. */
export function refusalOf(outcomes: readonly Outcome[]): Pick<Refusal, 'code' | 'why'> | undefined {
  for (const outcome of outcomes)
    switch (outcome.kind) {
      case 'damaged':
        return { code: outcome.code, why: outcome.why }
      case 'outlying':
        return {
          why: `${outcome.part}: its time goes on from nothing before or behind it, so it was dropped`,
        }
      case 'other form':
        return { code: 'FEED_FORM', why: 'expected CMAF, fragmented MP4, a transport stream or WebVTT' }
      case 'waits':
        return { code: 'FEED_INIT', why: 'expected its init segment before it, got none of its name yet' }
      case 'init':
      case 'recorded':
      case 'known':
      case 'untold':
      case 'passed over':
      case 'postponed':
      case 'cue':
    }
  return undefined
}

/** The same of an error that no retry mends. */
export const refusalBy = ({ code, message }: HeadendError): Pick<Refusal, 'code' | 'why'> => ({
  code,
  why: message,
})

const maxWords = 500

/** Notes it, unless another was noted just now. */
export async function noteRefusal(
  { live, noted, now }: RefusalPorts,
  { channelId, path }: { readonly channelId: string; readonly path: string },
  refusal: Pick<Refusal, 'code' | 'why'> | undefined,
): Promise<void> {
  const nowMs = now()
  if (!refusal || nowMs - (noted.get(channelId) ?? 0) < everyMs) return
  if (noted.size >= maxChannels) noted.clear()
  noted.set(channelId, nowMs)
  await live.putRefusal(`live/${channelId}`, {
    ...refusal,
    why: refusal.why.slice(0, maxWords),
    path: path.slice(0, maxWords),
    atMs: nowMs,
  })
}
