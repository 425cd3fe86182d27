/** Takes what a playlist or an MPD of a feed says of breaks, and of subtitles. Safe to run twice, late and in any order. */
import { HeadendError } from '../../errors.ts'
import { hasCueEvents } from '../../formats/dash/index.ts'
import { hasCueTags } from '../../formats/hls/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import { cueTimescale } from '../cues/cue.ts'
import type { FeedObject, FeedPorts, Outcome } from '../ingest/ports.ts'
import type { HeadRow } from '../live/store.ts'
import { keepCues } from './keep-cues.ts'
import { mpdCandidates } from './mpd-candidates.ts'
import { playlistCandidates } from './playlist-candidates.ts'
import type { SeenCues } from './seen-cues.ts'
import type { SegmentPorts } from './segment-start.ts'
import { type TextPorts, takeTextRenditions } from './text-renditions.ts'
import { type Candidate, type ToldCue, unreadable } from './told-cue.ts'

/** What it is done with. */
export interface ManifestPorts extends SegmentPorts, TextPorts {
  readonly live: FeedPorts['live']
  readonly seen: SeenCues
}

/** Manifests of other kinds, and what stands beside them, say nothing of breaks. */
export const isManifest = (path: string): boolean => /\.(?:m3u8|mpd)$/i.test(path)

/** Segments that are read again for one playlist, and cues that are kept of it: what is left is done with the next. */
const [maxReads, maxKept] = [4, 8]

/** Takes it; nothing but the manifest itself is read where it tells of no breaks. */
export async function takeManifest(ports: ManifestPorts, object: FeedObject): Promise<readonly Outcome[]> {
  const isMpd = /\.mpd$/i.test(object.path)
  const text = new TextDecoder().decode(object.bytes)
  const begins = isMpd ? /<(?:[\w.-]+:)?MPD[\s>]/ : /^\uFEFF?#EXTM3U\s/
  if (!begins.test(text))
    return newProblems(ports, object, [`expected ${isMpd ? 'an MPD' : 'a playlist'}, got something else`])
  if (!isMpd) await takeTextRenditions(ports, object, text)
  if (!(isMpd ? hasCueEvents(text) : hasCueTags(text))) return []
  const row = await ports.live.head(`live/${object.channelId}`)
  if (!row) return []
  const { candidates, problems } = isMpd
    ? mpdCandidates(object, text)
    : playlistCandidates(ports, object, text)
  const { told, outcomes } = await placedCues(ports, { row, object, candidates })
  const kept = await keepCues(ports, row.head, {
    // They were found from the last.
    cues: [...told.values()].toReversed(),
    saidAt: Math.round((object.writtenMs / 1000) * cueTimescale),
    toleranceSeconds: row.head.targetSeconds,
  })
  // Only now: what was not kept is tried again.
  for (const key of told.keys()) ports.seen.done(key)
  return [...kept, ...outcomes, ...newProblems(ports, object, problems)]
}

interface ToPlace {
  readonly row: HeadRow
  readonly object: FeedObject
  readonly candidates: readonly Candidate[]
}

/** The newest that were not seen before, with their times, by what they are remembered as. */
async function placedCues({ seen }: ManifestPorts, { row, object, candidates }: ToPlace) {
  const told = new Map<string, ToldCue>()
  const outcomes: Outcome[] = []
  let reads = 0
  for (const one of candidates.toReversed()) {
    const key = sha256Hex(`${row.head.id} ${row.head.version} ${one.says}`)
    // What one rendition can not place, another may.
    const own = `${key} ${object.path}`
    if (seen.isDone(key) || seen.isDone(own)) continue
    if (told.size >= maxKept || (one.reads && reads >= maxReads)) break
    if (one.reads) reads++
    const cue = await placeOf(one, row, object).catch((error: unknown) => {
      if (!(error instanceof HeadendError) || error.status >= 500) throw error
      outcomes.push(unreadable(`${object.path}: ${error.message}`))
      return 'beside' as const
    })
    if (cue === 'waits') seen.waits(own)
    else if (cue === 'beside') seen.done(own)
    else told.set(key, cue)
  }
  return { told, outcomes }
}

/** A day ahead is more than any encoder announces. */
const maxAheadSeconds = 86_400

async function placeOf(one: Candidate, row: HeadRow, { writtenMs }: FeedObject) {
  const cue = await one.place(row)
  if (typeof cue === 'string') return cue
  const aheadSeconds = cue.at / cueTimescale - writtenMs / 1000
  if (aheadSeconds <= maxAheadSeconds && aheadSeconds >= -row.head.windowSeconds) return cue
  throw new HeadendError(
    'FEED_MANIFEST',
    `expected cues within the channel's window, got one ${Math.round(aheadSeconds)} s from when this was written`,
  )
}

/** The same manifest comes again in some seconds: what can not be read is said once. */
function newProblems({ seen }: ManifestPorts, object: FeedObject, problems: readonly string[]): Outcome[] {
  return problems.flatMap((why) => {
    const key = sha256Hex(`${object.channelId}/${object.path} ${why.replace(/^line \d+: /, '')}`)
    if (seen.isDone(key)) return []
    seen.done(key)
    return [unreadable(`${object.path}: ${why}`)]
  })
}
