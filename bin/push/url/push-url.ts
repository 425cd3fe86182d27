/** Sends what a playlist or an MPD shows: what is live as it comes, what is over in real time. */
import type { Pauses } from '../../../lib/platform/retry.ts'
import { CommandError } from '../../errors.ts'
import type { Totals } from '../folder/push-folder.ts'
import type { Sender } from '../send/sender.ts'
import { dashSource } from './dash-source.ts'
import { createFetcher, type Fetcher, shownUrl } from './fetcher.ts'
import { hlsSource, isPlaylist } from './hls-source.ts'
import type { Look, Source } from './source.ts'
import { createTrack, type Track } from './track.ts'

/** What is pushed, and with what. */
export interface UrlOptions {
  readonly url: string
  readonly sender: Sender
  /** Segments that a live source begins with. */
  readonly last: number
  /** One look, and what it shows. */
  readonly once: boolean
  /** Epoch milliseconds. */
  readonly now: () => number
  /** May end early, when the signal comes. */
  readonly pauses: Pauses
  readonly tell: (line: string) => void
  /** Aborted when the person has enough. */
  readonly signal: AbortSignal
}

/** A source that is silent for so many looks is given up. */
const maxSilent = 10

/** Pushes until the source is over, or the signal. */
export async function pushUrl(options: UrlOptions): Promise<Totals> {
  const { url, once, now, pauses, signal, tell } = options
  const fetcher = createFetcher(pauses, signal)
  const source = await sourceAt(options, fetcher)
  const tracks = new Map<string, Track>()
  const beganMs = now()
  for (let silent = 0; !signal.aborted; ) {
    const look = await source.look()
    if (look === undefined && ++silent === maxSilent)
      throw new CommandError(
        'PUSH_SOURCE',
        `${shownUrl(url)}: expected an answer, got none ${maxSilent} times`,
      )
    if (look) {
      silent = 0
      show(look, { tracks, fetcher, options, beganMs })
      if (once || !look.live) break
    } else tell(`${shownUrl(url)}: no answer, trying again`)
    const faults = [...tracks.values()].flatMap(({ fault }) => fault() ?? [])
    if (faults.length > 0) throw faults[0]
    await pauses.sleep(1000 * (look?.refreshSeconds ?? 1))
  }
  const all = [...tracks.values()]
  await Promise.all(all.map(({ idle }) => idle()))
  for (const { fault } of all) if (fault() !== undefined) throw fault()
  const sum = (value: (track: Track) => number): number => all.reduce((total, one) => total + value(one), 0)
  return {
    sent: sum(({ counts }) => counts.sent),
    failed: sum(({ counts }) => counts.failed),
    left: sum(({ counts }) => counts.left),
  }
}

/** HLS or DASH, told by what is there. */
async function sourceAt({ url, now, tell }: UrlOptions, fetcher: Fetcher): Promise<Source> {
  const first = await fetcher.text(url)
  if (!first)
    throw new CommandError('PUSH_SOURCE', `${shownUrl(url)}: expected a playlist or an MPD, got no answer`)
  if (/<MPD[\s>]/.test(first.text.slice(0, 4096))) return dashSource(url, fetcher, now)
  if (isPlaylist(first.text)) return hlsSource(first, fetcher, tell)
  throw new CommandError(
    'PUSH_SOURCE',
    `${shownUrl(url)}: expected a playlist of HLS or an MPD, got ${JSON.stringify(first.text.slice(0, 40))}`,
  )
}

interface Showing {
  readonly tracks: Map<string, Track>
  readonly fetcher: Fetcher
  readonly options: UrlOptions
  readonly beganMs: number
}

/** Gives each track what it has not seen yet. */
function show(look: Look, { tracks, fetcher, options, beganMs }: Showing): void {
  const { sender, last, now, pauses, tell, signal } = options
  for (const { name, segments, live } of look.tracks) {
    let track = tracks.get(name)
    if (!track) {
      tell(`${name}: ${segments.length} segments are there${live ? '' : ', sent in real time'}`)
      // What is over is sent from its beginning, as if its encoder ran now.
      const paced = live ? undefined : { beganMs, fromSeconds: segments[0]?.startSeconds ?? 0, now }
      track = createTrack({ name, fetcher, sender, last, paced, pauses, tell, signal })
      tracks.set(name, track)
    }
    track.add(segments)
  }
}
