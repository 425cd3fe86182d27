/**
 * MPDs that have begun and still grow, and their patches (ISO/IEC 23009-1 5.15): a player that has the MPD of hours asks
 * for what has come since.
 */
import { type Mpd, printMpd, printPatch, printPatchEnd } from '../../formats/dash/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { Presentation } from '../../timeline/presentation.ts'
import { hasDeltaUpdates } from '../hls/delta.ts'
import type { MpdPrinter, MpdRequest } from '../sources/source.ts'
import { mpdOfRuns } from './mpd.ts'
import { digestLength, type Listed, patchToken, readPatchToken } from './patch-token.ts'
import { type Run, type RunPart, runsOf } from './period-spans.ts'

/** The MPD, with the place of its patch if it grows; the patch itself to `patch=`. */
export const patchedMpd: MpdPrinter = (presentation, request) => {
  const asked = readPatchToken(request.query.get('patch') ?? '')
  const runs = runsOf(presentation)
  const now = offered(presentation, { runs, ...request })
  if (!asked) return { type: 'application/dash+xml', text: printMpd(now) }
  const text =
    patch(presentation, { now, asked, runs, ...request }) ??
    printPatchEnd({ id: idOf(presentation), publishMs: asked.publishMs })
  return { type: 'application/dash-patch+xml', text }
}

type Shown = MpdRequest & { readonly runs: readonly Run[] }

/** With an id and a PatchLocation where both players can follow: they know no patches of lists. */
function offered(presentation: Presentation, shown: Shown): Mpd {
  const mpd = plain(presentation, shown)
  const token = hasDeltaUpdates(presentation) && hasTemplatesOnly(mpd) ? tokenOf(mpd, shown.runs) : undefined
  return token === undefined ? mpd : withPatch(mpd, presentation, { token, ...shown })
}

const plain = (presentation: Presentation, { runs, path }: Shown): Mpd =>
  mpdOfRuns(presentation, { runs, manifestPath: path })

const withPatch = (
  mpd: Mpd,
  presentation: Presentation,
  { path, query, token }: MpdRequest & { readonly token: string },
): Mpd => {
  const more = new URLSearchParams(query)
  more.set('patch', token)
  return { ...mpd, id: idOf(presentation), patchUrl: `${path.slice(path.lastIndexOf('/') + 1)}?${more}` }
}

/** The same for all MPDs of a window. */
const idOf = ({ id, clips: [clip] }: Presentation): string =>
  [id.replaceAll('/', '-'), clip?.timeline.version, clip?.from].join('.')

const hasTemplatesOnly = ({ periods }: Mpd): boolean =>
  periods.every(({ adaptationSets }) =>
    adaptationSets.every(({ representations }) => representations.every(({ template }) => template)),
  )

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
  return printPatch(withPatch(mpd, presentation, { token, ...request }), now)
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
  return [...runs.slice(0, periods - 1), { ...last, parts, endSeconds: Math.min(last.endSeconds, endSeconds) }]
}
