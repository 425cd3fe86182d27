/**
 * Converts a presentation to a DASH MPD: each run becomes a Period, each set of switchable renditions an AdaptationSet.
 */
import {
  type AdaptationSet,
  type Descriptor,
  type Mpd,
  outputProtection,
  type Period,
  type Representation,
} from '../../formats/dash/index.ts'
import type { Presentation, Rendition } from '../../timeline/presentation.ts'
import { startBufferSeconds, type TrackConfig } from '../../timeline/timeline.ts'
import { codecFamily } from '../codec-family.ts'
import { captionsOf, dashCaptions } from '../hls/caption-services.ts'

import { eventStreamsOf } from '../markers.ts'
import { sapOf } from '../segment-starts.ts'
import { firstChoiceOf } from '../selection/first-choice.ts'
import { channelDescriptors, objectDescriptors, purposeDescriptors } from './audio.ts'
import { colourKey, colourProperties } from './colour.ts'
import { inbandEvents } from './inband-events.ts'
import { type Run, type RunPart, runsOf } from './period-spans.ts'
import { contentProtections } from './protection.ts'
import { dashSegments } from './segments.ts'
import { maxTrick, trickSet } from './trick-play.ts'

const roleScheme = 'urn:mpeg:dash:role:2011'
/** Priority of the first choice; other sets default to 1, and higher is preferred (ISO/IEC 23009-1 5.3.3.2). */
const firstPriority = 2

/** The MPD of a presentation; `manifestPath` is its own path without a leading slash. */
export const dashMpd = (presentation: Presentation, manifestPath: string): Mpd =>
  mpdOfRuns(presentation, { runs: runsOf(presentation), manifestPath })

/** The MPD of a presentation of which these runs are shown. */
export function mpdOfRuns(
  presentation: Presentation,
  { runs, manifestPath }: { readonly runs: readonly Run[]; readonly manifestPath: string },
): Mpd {
  const end = runs.at(-1)?.endSeconds ?? 0
  const begin = runs[0]?.startSeconds ?? 0
  // A static presentation starts at 0 regardless of its clips' media time.
  const origin = presentation.kind === 'vod' ? begin : 0
  const periods = runs.map((run, i) => period(presentation, run, runs[i + 1], { manifestPath, origin }))
  const common = {
    profiles: [profileOf(periods)],
    minBufferSeconds: startBufferSeconds,
    maxSegmentSeconds: Math.max(presentation.targetSeconds + 0.5, round(maxTrick(runs))),
    periods,
  }
  if (presentation.kind === 'vod') {
    const availabilityStartMs = presentation.hasGrown ? presentation.epochMs : undefined
    return {
      ...common,
      type: 'static',
      ...(availabilityStartMs !== undefined && { availabilityStartMs }),
      durationSeconds: round(end - begin),
    }
  }
  return {
    ...common,
    type: 'dynamic',
    availabilityStartMs: presentation.epochMs ?? 0,
    publishMs: presentation.publishedMs ?? 0,
    minimumUpdateSeconds: updateSeconds(presentation),
    ...(presentation.kind === 'live' && { timeShiftBufferSeconds: round(end - firstShownSeconds(runs)) }),
    suggestedDelaySeconds: delaySeconds(presentation),
    ...(presentation.publishedMs !== undefined && {
      utcTimings: clocks(presentation.publishedMs, presentation.clockUrl),
    }),
  }
}

/** Often enough that a player hears of a segment soon; every viewer's request but one a second is the cache's. */
const updateSeconds = ({ targetSeconds }: Presentation): number => Math.max(1, Math.round(targetSeconds / 3))

/** What a segment takes from its end to the manifest, and what that may age in caches. */
const publishedWithinSeconds = 0.5 + 1

/**
 * How far behind the wall clock players play: a segment is known when it has lasted, was published and asked for; above
 * that a player keeps half a segment in its buffer.
 */
const delaySeconds = (presentation: Presentation): number =>
  Math.max(
    presentation.latencySeconds ?? 0,
    presentation.targetSeconds * 1.5 + updateSeconds(presentation) + publishedWithinSeconds,
  )

/**
 * dash.js plays no dynamic MPD without a reachable clock (ISO/IEC 23009-1 5.8.4.11). The first that answers holds: the
 * time of the MPD itself is that of its making, and ages in caches.
 */
const clocks = (nowMs: number, url: string | undefined): Descriptor[] => [
  ...(url === undefined ? [] : [{ schemeIdUri: 'urn:mpeg:dash:utc:http-iso:2014', value: url }]),
  { schemeIdUri: 'urn:mpeg:dash:utc:direct:2014', value: new Date(nowMs).toISOString() },
]

/** The live profile allows only templates (ISO/IEC 23009-1 8.4). */
const profileOf = (periods: readonly Period[]): string =>
  hasTemplatesOnly(periods) ? 'urn:mpeg:dash:profile:isoff-live:2011' : 'urn:mpeg:dash:profile:full:2011'

/** True if every Representation is addressed by a template. */
export const hasTemplatesOnly = (periods: readonly Period[]): boolean =>
  periods.every(({ adaptationSets: sets }) =>
    sets.every(({ representations }) => representations.every(({ template }) => template !== undefined)),
  )

/**
 * Presentation seconds at which the first segment that is listed begins: a Period began earlier if its head has left
 * the window (ISO/IEC 23009-1 5.3.1.2).
 */
function firstShownSeconds([run]: readonly Run[]): number {
  if (!run) return 0
  const starts = run.parts.flatMap(({ track, segments: [first] }) =>
    first ? [first.start / track.timescale] : [],
  )
  return Math.min(...starts) + run.startSeconds - run.mediaStartSeconds
}

/** Microseconds are finer than any timescale in use, and hide floating-point noise. */
const round = (seconds: number): number => Math.round(seconds * 1e6) / 1e6

function period(
  presentation: Presentation,
  run: Run,
  next: Run | undefined,
  { manifestPath, origin }: { readonly manifestPath: string; readonly origin: number },
): Period {
  const isOpen = !next && presentation.kind !== 'vod'
  const abuts = next && Math.abs(next.startSeconds - run.endSeconds) < 0.5 / presentation.timescale
  const end = abuts ? next.startSeconds : run.endSeconds
  const { mediaStartSeconds: from } = run
  const eventStreams = eventStreamsOf(run.clip, { from, to: from + run.endSeconds - run.startSeconds })
  return {
    id: run.id,
    startSeconds: round(run.startSeconds - origin),
    ...(!isOpen && { durationSeconds: round(end - run.startSeconds) }),
    ...(eventStreams && { eventStreams }),
    adaptationSets: adaptationSets(presentation, run, manifestPath),
  }
}

/** Key of renditions between which a player can switch seamlessly: same type, language, roles and codec family. */
function setKey({ id, type, language, roles, config }: Rendition): string {
  const { channels, jointObjects, codec } = config
  // Two text tracks of one language differ in content: players must not switch between them.
  const own = type === 'audio' ? `${channels} ${jointObjects}` : type === 'text' ? id : undefined
  return [type, language, roles.join(), codecFamily(codec), own, colourKey(config)].join(' ')
}

function adaptationSets(presentation: Presentation, run: Run, manifestPath: string): AdaptationSet[] {
  // Ids follow the presentation's renditions, not those present in this Period, so that they stay stable.
  const { renditions } = presentation
  const pictureOf = ({ trickOf }: Rendition) => renditions.find(({ id }) => id === trickOf)
  const switchKey = (one: Rendition): string =>
    one.trickOf === undefined ? setKey(one) : trickKey(pictureOf(one))
  const keyOf = (one: Rendition): string => `${switchKey(one)} ${keyLabelsOf(presentation, one.id)}`
  const keysOf = (of: readonly Rendition[]) => [...new Set(of.map(keyOf))]
  const keys = keysOf(renditions.filter(({ trickOf }) => trickOf === undefined))
  const trickKeys = keysOf(renditions.filter(({ trickOf }) => trickOf !== undefined))
  const isFirst = firstChoiceOf(renditions)
  const here = new Set(run.parts.map(({ rendition }) => keyOf(rendition)))
  return [...keys, ...trickKeys].flatMap((key, index) => {
    const parts = run.parts.filter(({ rendition }) => keyOf(rendition) === key)
    const first = parts[0]
    if (!first) return []
    const isFirstChoice = renditions.some((one) => keyOf(one) === key && isFirst(one))
    const id = index < keys.length ? index : firstTrickId + index - keys.length
    const set = adaptationSet(id, first, parts, { run, manifestPath, isFirstChoice })
    const picture = pictureOf(first.rendition)
    if (first.rendition.trickOf === undefined) {
      const others = renditions.filter((one) => switchKey(one) === switchKey(first.rendition))
      return [switchable(set, new Set(others.map((one) => keys.indexOf(keyOf(one)))))]
    }
    // Trick play needs the main video to have segments in this Period.
    if (!picture || !here.has(keyOf(picture))) return []
    return [trickSet(set, { mainId: keys.indexOf(keyOf(picture)), picture })]
  })
}

/** Ids of trick play sets begin here: counted behind the others, they would change where a rendition joins a channel. */
const firstTrickId = 1000

/** Labels of a rendition's keys in all clips: an AdaptationSet has one key (DASH-IF IOP part 6, 5.3). */
const keyLabelsOf = ({ clips }: Presentation, id: string): string =>
  clips.map(({ protection }) => 'labels' in protection && protection.labels[id]).join()

/** Links sets that differ only in their key, so that a player may switch between them (ISO/IEC 23009-1 5.3.3.5). */
function switchable(set: AdaptationSet, ids: ReadonlySet<number>): AdaptationSet {
  const others = [...ids].filter((id) => id !== set.id)
  if (others.length === 0) return set
  const schemeIdUri = 'urn:mpeg:dash:adaptation-set-switching:2016'
  return { ...set, supplemental: [...(set.supplemental ?? []), { schemeIdUri, value: others.join() }] }
}

/** Key of a trick play set, which is separate from the set of its main video. */
const trickKey = (picture: Rendition | undefined): string => `trick ${picture && setKey(picture)}`

interface SetPlace {
  readonly run: Run
  readonly manifestPath: string
  readonly isFirstChoice: boolean
}

function adaptationSet(
  id: number,
  lead: RunPart,
  parts: readonly RunPart[],
  { run, manifestPath, isFirstChoice }: SetPlace,
): AdaptationSet {
  const { rendition, protection } = lead
  const { type } = rendition
  const roles = rolesOf(rendition, isFirstChoice)
  const config = configOf(lead)
  const { essential, supplemental } = colourProperties(config)
  const accessibilities = [
    ...dashCaptions(captionsOf(parts.map((part) => part.rendition))),
    ...(type === 'audio' ? purposeDescriptors(roles) : []),
  ]
  const contentType = type === 'metadata' ? 'text' : type
  return {
    id,
    contentType,
    mimeType: contentType === 'text' ? 'application/mp4' : `${contentType}/mp4`,
    ...(rendition.language && { language: rendition.language }),
    ...(rendition.name && { label: rendition.name }),
    segmentAlignment: aligned(parts),
    ...startWithSap(parts),
    ...(isFirstChoice && { selectionPriority: firstPriority }),
    ...(essential.length > 0 && { essential }),
    ...(!isPlain(config) && supplemental.length > 0 && { supplemental }),
    ...(accessibilities.length > 0 && { accessibilities }),
    inbandEvents: inbandEvents(parts),
    roles: roles.map((value): Descriptor => ({ schemeIdUri: roleScheme, value })),
    ...(protection.key &&
      protection.media.scheme !== 'clear' && {
        protections: contentProtections(protection.media.scheme, protection.key),
        ...(type === 'video' && protection.hdcp && { outputProtection: outputProtection(protection.hdcp) }),
      }),
    representations: parts.map((part) => representation(part, run, manifestPath)),
  }
}

/** Roles of a set; the first choice is `main` and never `alternate`. */
function rolesOf({ roles }: Rendition, isFirstChoice: boolean): readonly string[] {
  if (isFirstChoice) return ['main', ...roles.filter((role) => role !== 'main' && role !== 'alternate')]
  return roles.length > 0 ? roles : ['alternate']
}

/** On an AdaptationSet it applies to every segment of every Representation (ISO/IEC 23009-1 5.3.7.2). */
function startWithSap(parts: readonly RunPart[]): Pick<AdaptationSet, 'startWithSap'> {
  const saps = parts.map(({ track, segments }) => sapOf(track, segments))
  return saps.includes(undefined) ? {} : { startWithSap: Math.max(...saps.map((sap = 3) => sap)) }
}

/** Whether segments of all renditions start at the same times, to the millisecond. */
function aligned([first, ...others]: readonly RunPart[]): boolean {
  if (!first) return true
  return others.every(
    (other) =>
      other.segments.length === first.segments.length &&
      other.segments.every(
        ({ start }, i) => milliseconds(other, start) === milliseconds(first, first.segments[i]?.start ?? -1),
      ),
  )
}

const milliseconds = ({ track }: RunPart, start: number): number =>
  Math.round((start * 1000) / track.timescale)

/** The config in force, not the announced one: an ad's video may differ from the main content's. */
const configOf = ({ rendition, track, segments }: RunPart): TrackConfig =>
  track.configs.find(({ id }) => id === segments[0]?.configId) ?? rendition.config

const isPlain = ({ videoRange = 'SDR' }: TrackConfig): boolean => videoRange === 'SDR'

/** SCTE 214-1 6.2: the codec name as in HLS, with its brand in a separate attribute. */
function supplementalCodec({
  supplementalCodec: named,
}: TrackConfig): Pick<Representation, 'supplementalCodecs' | 'supplementalProfiles'> {
  const [codec, brand] = named?.split('/') ?? []
  return {
    ...(codec && { supplementalCodecs: codec }),
    ...(brand && { supplementalProfiles: brand }),
  }
}

function representation(part: RunPart, run: Run, manifestPath: string): Representation {
  const { rendition, track } = part
  const config = configOf(part)
  return {
    id: rendition.id,
    bandwidth: track.bandwidth.steady ?? track.bandwidth.peak,
    codecs: config.codec,
    ...(config.width !== undefined && {
      width: config.width,
      sar: config.pixelAspect?.join(':') ?? '1:1',
    }),
    ...(config.height !== undefined && { height: config.height }),
    ...(config.frameRate && { frameRate: config.frameRate }),
    ...(config.sampleRate !== undefined && { audioSamplingRate: config.sampleRate }),
    ...(config.interlaced && { scanType: 'interlaced' as const }),
    ...supplementalCodec(config),
    audioChannels: channelDescriptors(config),
    supplemental: [
      ...objectDescriptors(config),
      // Video with different SDR colours may share an AdaptationSet.
      ...(isPlain(config) ? colourProperties(config).supplemental : []),
    ],
    ...dashSegments(part, run, manifestPath, config.id),
  }
}
