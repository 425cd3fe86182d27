/** Converts chosen tracks to timeline and placement entries. */
import type { AssetWarning } from '../../assets/index.ts'
import { pixelsOf } from '../../timeline/key-label.ts'
import type { TrackPlacement } from '../../timeline/placement.ts'
import type { Segment, Track } from '../../timeline/timeline.ts'
import type { SourceTrack } from '../reading/source-track.ts'
import { bandwidthOf } from './bandwidth.ts'
import type { ChosenTrack } from './choose-tracks.ts'
import type { SourceFile } from './index-order.ts'
import { type Candidate, factsOf } from './left-out.ts'
import { withSteadyRate } from './steady-rate.ts'

/** All tracks, in their order. */
export const timelineTracks = (chosen: readonly ChosenTrack[]): Track[] => {
  const audio = chosen.filter(({ candidate }) => candidate.track.type === 'audio')
  const first = (audio.find(({ candidate }) => candidate.track.enabled) ?? audio[0])?.id
  return chosen.map((one) => trackOf(one, one.id === first))
}

function trackOf({ id, candidate, indexed, trickOf }: ChosenTrack, isFirstAudio: boolean): Track {
  const { track, file } = candidate
  const language = file.language ?? track.language
  const name = file.name ?? (track.type === 'audio' ? track.name : undefined)
  return {
    id,
    type: track.type,
    timescale: track.timescale,
    ...(language && { language }),
    ...(name && { name }),
    roles: trickOf ? [] : rolesOf(track, file, isFirstAudio),
    bandwidth: withSteadyRate(
      bandwidthOf(indexed.segments, track.timescale),
      indexed.indexed,
      track.timescale,
    ),
    configs: indexed.configs.map(({ config }) => config),
    segments: indexed.segments,
    before: { segments: 0, discontinuities: 0 },
    ...hiddenOf(candidate, indexed.segments),
    ...(track.type === 'video' && !trickOf && track.captions?.length && { captions: track.captions }),
    ...(trickOf && { trickOf }),
  }
}

/** With a longer gap than this the first segment would last so long that its bit rate meant nothing. */
const maxHoleSeconds = 0.5

/**
 * The part of a track's first segment that is not shown: frames the edit list removes and, if the track begins after
 * the asset, the time until then. Shaka Player starts every HLS playlist at 0; this keeps the second segment in sync.
 */
function hiddenOf(
  { track: { timescale }, shown: { mediaStart } }: Candidate,
  [first]: readonly Segment[],
): Pick<Track, 'hiddenTicks'> {
  const hole = first && first.start <= maxHoleSeconds * timescale ? first.start : 0
  return mediaStart + hole > 0 ? { hiddenTicks: mediaStart + hole } : {}
}

/** The facts the packager needs to encrypt a track. */
export function protectionFacts(track: Track | undefined): Pick<TrackPlacement, 'pixels' | 'configs'> {
  if (!track) return {}
  const { type, configs, segments } = track
  const runs = segments
    .filter(({ configId }, i) => i > 0 && segments[i - 1]?.configId !== configId)
    .map(({ number, configId }) => [number, configId] as const)
  return {
    ...(type === 'video' && { pixels: pixelsOf(track) }),
    ...(configs.length > 1 && {
      configs: [[segments[0]?.number ?? 0, segments[0]?.configId ?? ''], ...runs],
    }),
  }
}

function rolesOf({ type }: SourceTrack, file: SourceFile, isFirst: boolean): readonly string[] {
  if (type === 'video') return ['main']
  return file.roles ?? [isFirst ? 'main' : 'alternate']
}

/** End of the last segment. */
export function endSeconds({ segments, timescale }: Track): number {
  const last = segments.at(-1)
  return last ? (last.start + last.duration) / timescale : 0
}

/** Warnings of a track; its trick-play track adds none. */
export function warningsOf({ candidate, trickOf }: ChosenTrack): AssetWarning[] {
  if (trickOf) return []
  const { brokenEnd, repairs: mended, timescale } = candidate.track
  const repairs = [...mended]
  if (brokenEnd) {
    const seconds = (candidate.shown.end / timescale).toFixed(3)
    repairs.push({
      code: 'MP4_BROKEN_OFF',
      reason: `${brokenEnd.reason.split(';')[0]}: the recording broke off at byte ${brokenEnd.atBytes}; what is complete plays, to ${seconds} s`,
    })
  }
  return repairs.map((repair) => ({ ...factsOf(candidate), ...repair }))
}
