/**
 * MPDs that have begun and still grow, and their patches (ISO/IEC 23009-1 5.15): a player that has the MPD of hours asks
 * for what has come since.
 */
import { type Mpd, printMpd, printPatch, printPatchEnd } from '../../formats/dash/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { Presentation } from '../../timeline/presentation.ts'
import { hasDeltaUpdates } from '../hls/delta.ts'
import type { MpdPrinter, MpdRequest } from '../sources/source.ts'
import { hasTemplatesOnly, mpdOfRuns } from './mpd.ts'
import { digestLength, type Listed, patchToken, readPatchToken } from './patch-token.ts'
import { type Run, type RunPart, runsOf } from './period-spans.ts'

/**
 * The first MPD names another place for those that update it; there the MPD has the place of its patch, and the patch is
 * the answer to `patch=<token>`. Shaka Player asks for its first update early, and for patches as often as for that: so
 * the first update is a whole MPD.
 */
export const patchedMpd: MpdPrinter = (given, request) => {
  const word = request.query.get('patch')
  const asked = readPatchToken(word ?? '')
  const presentation = publishedInSteps(given, asked)
  const shown = { ...request, runs: runsOf(presentation) }
  const { patchUrl, ...now } = offered(presentation, shown)
  if (asked) {
    const text =
      patch(presentation, { ...shown, asked, now: withPatch(now, patchUrl) }) ??
      printPatchEnd({ id: idOf(presentation), publishMs: asked.publishMs })
    return { type: 'application/dash-patch+xml', text }
  }
  const whole =
    word === null && patchUrl !== undefined
      ? { ...now, updateUrl: urlOf(request, 'next') }
      : withPatch(now, patchUrl)
  return { type: 'application/dash+xml', text: printMpd(whole) }
}

/**
 * Whole seconds, or a millisecond behind the MPD that is patched, for a patch must be younger: so all who play one window
 * come to ask for the same patches, which caches have.
 */
function publishedInSteps(presentation: Presentation, asked: Listed | undefined): Presentation {
  const { publishedMs: nowMs } = presentation
  if (!hasDeltaUpdates(presentation) || nowMs === undefined) return presentation
  const stepMs = nowMs - (nowMs % 1000)
  // A time that is still to come is none of ours.
  const afterMs = asked && asked.publishMs <= nowMs ? asked.publishMs + 1 : 0
  return { ...presentation, publishedMs: Math.max(stepMs, afterMs) }
}

type Shown = MpdRequest & { readonly runs: readonly Run[] }

/** With an id and a PatchLocation where both players can follow: they know no patches of lists. */
function offered(presentation: Presentation, shown: Shown): Mpd {
  const mpd = plain(presentation, shown)
  if (!hasDeltaUpdates(presentation) || !hasTemplatesOnly(mpd.periods)) return mpd
  const token = tokenOf(mpd, shown.runs)
  const id = idOf(presentation)
  return withPatch({ ...mpd, id }, token === undefined ? undefined : urlOf(shown, token))
}

const plain = (presentation: Presentation, { runs, path }: Shown): Mpd =>
  mpdOfRuns(presentation, { runs, manifestPath: path })

const withPatch = (mpd: Mpd, patchUrl: string | undefined): Mpd =>
  patchUrl === undefined ? mpd : { ...mpd, patchUrl }

/** The same request with another `patch`, relative to itself. */
function urlOf({ path, query }: MpdRequest, word: string): string {
  const more = new URLSearchParams(query)
  more.set('patch', word)
  return `${path.slice(path.lastIndexOf('/') + 1)}?${more.toString()}`
}

/** The same for all MPDs of a window. */
const idOf = ({ id, clips: [clip] }: Presentation): string =>
  [id.replaceAll('/', '-'), clip?.timeline.version, clip?.from].join('.')

function tokenOf(mpd: Mpd, runs: readonly Run[]): string | undefined {
  const { publishMs } = mpd
  const counts = runs.at(-1)?.parts.map(({ segments }) => segments.length)
  if (publishMs === undefined || !counts) return undefined
  return patchToken({ publishMs, periods: runs.length, counts, digest: digestOf(mpd) })
}

const digestOf = (mpd: Mpd): string => sha256Hex(printMpd(mpd)).slice(0, digestLength)

/** Undefined where the MPD that was can not be made again, or differs in more than has come since. */
function patch(
  presentation: Presentation,
  { now, asked, runs, ...request }: Shown & { readonly now: Mpd; readonly asked: Listed },
): string | undefined {
  const then = runsThen(runs, asked)
  const token = patchToken(asked)
  if (!then || token === undefined) return undefined
  const mpd = plain({ ...presentation, publishedMs: asked.publishMs }, { runs: then, ...request })
  if (digestOf(mpd) !== asked.digest) return undefined
  const before = { ...mpd, id: idOf(presentation) }
  return printPatch(withPatch(before, urlOf(request, token)), now)
}

/** The runs as they were listed; undefined if there are fewer by now. */
function runsThen(runs: readonly Run[], { periods, counts }: Listed): readonly Run[] | undefined {
  const last = runs[periods - 1]
  if (!last || last.parts.length !== counts.length) return undefined
  const parts = last.parts.flatMap((part, i): readonly RunPart[] => {
    const count = counts[i] ?? 0
    return count <= part.segments.length ? [{ ...part, segments: part.segments.slice(0, count) }] : []
  })
  if (parts.length !== counts.length || counts.includes(0)) return undefined
  const ends = parts.map(({ track, segments }) => {
    const end = segments.at(-1)
    return end ? (end.start + end.duration) / track.timescale : 0
  })
  const endSeconds = Math.max(...ends) + last.startSeconds - last.mediaStartSeconds
  return [
    ...runs.slice(0, periods - 1),
    { ...last, parts, endSeconds: Math.min(last.endSeconds, endSeconds) },
  ]
}
