/** A presentation as a DASH MPD: every run a Period, every switchable set of renditions an AdaptationSet. */
import type { AdaptationSet, Descriptor, Mpd, Period, Representation } from '../formats/dash/mpd.ts'
import type { Presentation, Rendition } from '../timeline/presentation.ts'
import { codecFamily } from './codec-family.ts'
import { contentProtections } from './dash-protection.ts'
import { type Run, type RunPart, runsOf } from './dash-runs.ts'
import { dashSegments } from './dash-segments.ts'
import { toRoot } from './links.ts'

const roleScheme = 'urn:mpeg:dash:role:2011'
const channelScheme = 'urn:mpeg:mpegB:cicp:ChannelConfiguration'

/** The MPD's facts; `manifestPath` is its own path without a leading slash. */
export function dashMpd(presentation: Presentation, manifestPath: string): Mpd {
  const root = toRoot(manifestPath)
  const runs = runsOf(presentation)
  const end = runs.at(-1)?.endSeconds ?? 0
  const begin = runs[0]?.startSeconds ?? 0
  // A static presentation starts at 0 whatever the clock of its clips says.
  const origin = presentation.kind === 'vod' ? begin : 0
  const periods = runs.map((run, i) => period(presentation, run, runs[i + 1], { root, origin }))
  const common = {
    profiles: [profileOf(periods)],
    // Players wait for so much before they start; bandwidths are peaks, so no more is needed.
    minBufferSeconds: 2,
    maxSegmentSeconds: presentation.targetSeconds + 0.5,
    periods,
  }
  if (presentation.kind === 'vod') return { ...common, type: 'static', durationSeconds: round(end - begin) }
  return {
    ...common,
    type: 'dynamic',
    availabilityStartMs: presentation.epochMs ?? 0,
    publishMs: presentation.publishedMs ?? 0,
    minimumUpdateSeconds: presentation.targetSeconds,
    ...(presentation.kind === 'live' && { timeShiftBufferSeconds: round(end - begin) }),
    suggestedDelaySeconds: 3 * presentation.targetSeconds,
    ...(presentation.publishedMs !== undefined && { utcTimings: [clock(presentation.publishedMs)] }),
  }
}

/** dash.js plays nothing dynamic without a clock it can reach (ISO/IEC 23009-1 5.8.4.11). */
const clock = (nowMs: number): Descriptor => ({
  schemeIdUri: 'urn:mpeg:dash:utc:direct:2014',
  value: new Date(nowMs).toISOString(),
})

/** The live profile knows templates alone (ISO/IEC 23009-1 8.4). */
function profileOf(periods: readonly Period[]): string {
  const templates = periods.every(({ adaptationSets: sets }) =>
    sets.every(({ representations }) => representations.every(({ template }) => template !== undefined)),
  )
  return templates ? 'urn:mpeg:dash:profile:isoff-live:2011' : 'urn:mpeg:dash:profile:full:2011'
}

/** Microseconds are finer than any timescale in use, and hide the noise of binary fractions. */
const round = (seconds: number): number => Math.round(seconds * 1e6) / 1e6

function period(
  presentation: Presentation,
  run: Run,
  next: Run | undefined,
  { root, origin }: { readonly root: string; readonly origin: number },
): Period {
  const isOpen = !next && presentation.kind !== 'vod'
  const abuts = next && Math.abs(next.startSeconds - run.endSeconds) < 0.5 / presentation.timescale
  const end = abuts ? next.startSeconds : run.endSeconds
  return {
    id: run.id,
    startSeconds: round(run.startSeconds - origin),
    ...(!isOpen && { durationSeconds: round(end - run.startSeconds) }),
    adaptationSets: adaptationSets(presentation, run, root),
  }
}

/** Renditions a player may switch between without a seam: same kind, language, roles and codec family. */
function setKey({ type, language, roles, config }: Rendition): string {
  const sound = type === 'audio' ? config.channels : undefined
  return [type, language, roles.join(), codecFamily(config.codec), sound, config.videoRange].join(' ')
}

function adaptationSets(presentation: Presentation, run: Run, root: string): AdaptationSet[] {
  // Ids come from the presentation's renditions, not from what this Period happens to have: they must not move.
  const keys = [...new Set(presentation.renditions.map(setKey))]
  return keys.flatMap((key, index) => {
    const parts = run.parts.filter(({ rendition }) => setKey(rendition) === key)
    const first = parts[0]
    return first ? [adaptationSet(index, first, parts, run, root)] : []
  })
}

function adaptationSet(
  id: number,
  { rendition, protection }: RunPart,
  parts: readonly RunPart[],
  run: Run,
  root: string,
): AdaptationSet {
  const { type } = rendition
  const contentType = type === 'metadata' ? 'text' : type
  const roles = rendition.roles.length > 0 ? rendition.roles : [rendition.isDefault ? 'main' : 'alternate']
  return {
    id,
    contentType,
    mimeType: contentType === 'text' ? 'application/mp4' : `${contentType}/mp4`,
    ...(rendition.language && { language: rendition.language }),
    ...(rendition.name && { label: rendition.name }),
    segmentAlignment: aligned(parts),
    ...(parts.every((part) => part.segments.every(({ sync }) => sync)) && { startWithSap: 1 }),
    roles: roles.map((value): Descriptor => ({ schemeIdUri: roleScheme, value })),
    ...(protection.key &&
      protection.media.scheme !== 'clear' && {
        protections: contentProtections(protection.media.scheme, protection.key),
      }),
    representations: parts.map((part) => representation(part, run, root)),
  }
}

/** Segments of all renditions start at the same times, to the millisecond. */
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

function representation(part: RunPart, run: Run, root: string): Representation {
  const { rendition, track, segments } = part
  // The config in force, not the announced one: an ad's picture is not the film's.
  const config = track.configs.find(({ id }) => id === segments[0]?.configId) ?? rendition.config
  return {
    id: rendition.id,
    bandwidth: track.bandwidth.peak,
    codecs: config.codec,
    ...(config.width !== undefined && { width: config.width }),
    ...(config.height !== undefined && { height: config.height }),
    ...(config.width !== undefined && { sar: config.pixelAspect?.join(':') ?? '1:1' }),
    ...(config.frameRate && { frameRate: config.frameRate }),
    ...(config.sampleRate !== undefined && { audioSamplingRate: config.sampleRate }),
    ...(config.channels !== undefined && {
      audioChannels: { schemeIdUri: channelScheme, value: String(channelConfiguration(config.channels)) },
    }),
    ...dashSegments(part, run, root, config.id),
  }
}

/** ISO/IEC 23091-3: the usual layouts carry their channel count up to 6; 6.1, 7.1 and 22.2 are 11, 12 and 13. */
const channelConfiguration = (channels: number): number => ({ 7: 11, 8: 12, 24: 13 })[channels] ?? channels
