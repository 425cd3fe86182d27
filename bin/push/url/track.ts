/** One rendition on its way from a source to a channel: in order, one segment at a time, each once. */
import type { Pauses } from '../../../lib/platform/retry.ts'
import { contentsOf } from '../contents.ts'
import type { Sender } from '../send/sender.ts'
import type { Fetcher } from './fetcher.ts'
import type { ListedSegment, Resource } from './source.ts'

/** A track, and what became of its segments. */
export interface Track {
  /** Takes what a look shows: what it knows already is passed over. */
  readonly add: (segments: readonly ListedSegment[]) => void
  /** Resolves when all that was added is sent, or given up. */
  readonly idle: () => Promise<void>
  /** What ends the whole push. */
  readonly fault: () => unknown
  readonly counts: { sent: number; failed: number; left: number }
}

/** What a track works with. */
export interface TrackOptions {
  readonly name: string
  readonly fetcher: Fetcher
  readonly sender: Sender
  /** Segments of the first look that are sent, where more may come. */
  readonly last: number
  /** When what is over began to be sent, and with what of its own clock; undefined for what is live. */
  readonly paced:
    | { readonly beganMs: number; readonly fromSeconds: number; readonly now: () => number }
    | undefined
  readonly pauses: Pauses
  readonly tell: (line: string) => void
  readonly signal: AbortSignal
}

/** Times of segments that are the same up to rounding. */
const tolerance = 0.001

/** A track of which nothing is known yet. */
export function createTrack(options: TrackOptions): Track {
  const { name, last, paced, tell, signal } = options
  const counts = { sent: 0, failed: 0, left: 0 }
  let waiting: ListedSegment[] = []
  let next: number | undefined
  let working = Promise.resolve()
  let isWorking = false
  let fault: unknown
  const initOf = initCache(options.fetcher)
  const work = async (): Promise<void> => {
    for (let segment = waiting.shift(); segment && !signal.aborted; segment = waiting.shift()) {
      await untilDue(segment, options)
      if (!signal.aborted) counts[await sendSegment(segment, initOf, options)]++
    }
    isWorking = false
  }
  return {
    counts,
    fault: () => fault,
    idle: () => working,
    add(segments) {
      const fresh = freshOf(segments, next)
      const isBegin = next === undefined || fresh.restarted
      const from = isBegin && !paced ? Math.max(0, fresh.segments.length - last) : 0
      const [begin] = fresh.segments
      if (fresh.restarted) tell(`${name}: its numbers began anew`)
      else if (begin && next !== undefined && begin.order - next > (begin.next - begin.order) / 2)
        tell(`${name}: what was to come before ${begin.name} left the window before it was seen`)
      counts.left += from
      waiting = waiting.concat(fresh.segments.slice(from))
      next = fresh.segments.at(-1)?.next ?? next
      if (isWorking || waiting.length === 0) return
      isWorking = true
      working = work().catch((error: unknown) => void (fault ??= error))
    },
  }
}

/** Segments behind those that are known. A source that begins anew begins before all of them. */
function freshOf(
  segments: readonly ListedSegment[],
  next: number | undefined,
): { readonly segments: readonly ListedSegment[]; readonly restarted: boolean } {
  const end = segments.at(-1)?.next
  if (next === undefined || end === undefined) return { segments, restarted: false }
  const fresh = segments.filter(({ order }) => order > next - tolerance)
  // A cache may show an older playlist for a moment: it lacks some segments, not all of them.
  const restarted = fresh.length === 0 && end < next - segments.length - 1
  return { segments: restarted ? segments : fresh, restarted }
}

/** What is over is sent when it would have been live. */
async function untilDue(
  { startSeconds }: ListedSegment,
  { paced, pauses, signal }: TrackOptions,
): Promise<void> {
  if (!paced) return
  const dueMs = paced.beganMs + 1000 * (startSeconds - paced.fromSeconds)
  while (!signal.aborted && paced.now() < dueMs) await pauses.sleep(Math.min(1000, dueMs - paced.now()))
}

type InitOf = (init: Resource) => Promise<Uint8Array | undefined>

/** The last init segment is kept: most tracks have one. */
function initCache(fetcher: Fetcher): InitOf {
  let kept: { readonly key: string; readonly bytes: Uint8Array } | undefined
  return async (init) => {
    const key = JSON.stringify(init)
    if (kept?.key === key) return kept.bytes
    const bytes = await fetcher.bytes(init)
    if (bytes) kept = { key, bytes }
    return bytes
  }
}

async function sendSegment(
  segment: ListedSegment,
  initOf: InitOf,
  { name, fetcher, sender, tell, signal }: TrackOptions,
): Promise<'sent' | 'failed' | 'left'> {
  const isMp4 = segment.init !== undefined
  const sent = await sender.send({
    path: `${name}/${segment.name}.${isMp4 ? 'm4s' : endingOf(segment.url)}`,
    async read() {
      const media = await fetcher.bytes(segment)
      if (!media) return undefined
      const contents = await contentsOf(async (at, length) => media.subarray(at, at + length), media.length)
      if (contents === 'whole') return media
      const init = segment.init && (await initOf(segment.init))
      // With its init segment before it a segment needs no other object, whatever comes first, and whatever changes.
      return contents === 'segment' && init ? Buffer.concat([init, media]) : undefined
    },
  })
  // Whoever had enough is told nothing of what might still have come.
  if (sent === 'stopped' || (sent === 'nothing' && signal.aborted)) return 'left'
  if (sent === 'nothing')
    tell(
      `${name}/${segment.name}: not sent, expected a whole segment of CMAF, fragmented MP4 or MPEG-TS at its URL`,
    )
  return sent === 'sent' ? 'sent' : 'failed'
}

function endingOf(url: string): string {
  const [, ending = 'ts'] = /\.([a-z0-9]{1,5})$/i.exec(new URL(url).pathname) ?? []
  return ending.toLowerCase()
}
