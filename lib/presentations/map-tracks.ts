/** Maps renditions to a clip's tracks: same type and codec family, then the closest match. */
import { codecFamily } from '../delivery/index.ts'
import { HeadendError } from '../errors.ts'
import type { Track } from '../timeline/timeline.ts'

/**
 * Maps rendition IDs to track IDs; the renditions are tracks of the reference clip. Text, trick play and image
 * renditions without a counterpart are omitted; throws CLIP_CODEC (409) if video or audio would have to continue in
 * another codec or not at all.
 */
export function mappedTracks(
  reference: readonly Track[],
  tracks: readonly Track[],
  where: string,
): Readonly<Record<string, string>> {
  const found = reference.flatMap((rendition) => {
    if (rendition.type === 'metadata') return []
    const alike = tracks.filter((track) => isAlike(rendition, track))
    const best = bestOf(rendition, alike)
    if (best) return [[rendition.id, best.id] as const]
    if (rendition.trickOf !== undefined || (rendition.type !== 'video' && rendition.type !== 'audio'))
      return []
    const got = tracks.filter(({ type, trickOf }) => type === rendition.type && !trickOf).map(codecOf)
    throw new HeadendError(
      'CLIP_CODEC',
      `${where}: expected ${rendition.type} in ${codecOf(rendition)} for the rendition ${rendition.id}, got ${got.join(', ') || 'none'}; players go on in one codec alone`,
      { status: 409 },
    )
  })
  return Object.fromEntries(found)
}

const codecOf = ({ configs }: Track): string => configs[0]?.codec ?? ''

/** Whether a decoder of one continues with the other. */
const isAlike = (rendition: Track, track: Track): boolean =>
  track.type === rendition.type &&
  (track.trickOf === undefined) === (rendition.trickOf === undefined) &&
  codecFamily(codecOf(track)) === codecFamily(codecOf(rendition))

function bestOf(rendition: Track, alike: readonly Track[]): Track | undefined {
  if (rendition.type === 'text')
    return alike.find((track) => track.language === rendition.language && hasRolesOf(rendition, track))
  if (rendition.type === 'audio')
    return nearest(alike, (track) => [
      Number(track.language !== rendition.language),
      // In the same language, tracks with the same roles come first; otherwise the default ones.
      Number(track.language === rendition.language ? !hasRolesOf(rendition, track) : !isDefault(track)),
      Math.abs((track.configs[0]?.channels ?? 0) - (rendition.configs[0]?.channels ?? 0)),
      peakApart(rendition, track),
    ])
  return nearest(alike, (track) => [
    Number(rangeOf(track) !== rangeOf(rendition)),
    Math.abs(heightOf(track) - heightOf(rendition)),
    peakApart(rendition, track),
  ])
}

const hasRolesOf = (one: Track, other: Track): boolean =>
  one.roles.toSorted().join() === other.roles.toSorted().join()

/** Whether a track is played by default: neither a commentary nor a description. */
const isDefault = ({ roles }: Track): boolean => roles.length === 0 || roles.includes('main')

const rangeOf = ({ configs }: Track): string => configs[0]?.videoRange ?? 'SDR'
const heightOf = ({ configs }: Track): number => configs[0]?.height ?? 0
const peakApart = (one: Track, other: Track): number => Math.abs(one.bandwidth.peak - other.bandwidth.peak)

/** The track with the smallest distances; earlier ones have priority. */
function nearest(
  tracks: readonly Track[],
  distances: (track: Track) => readonly number[],
): Track | undefined {
  const measured = tracks.map((track) => ({ track, far: distances(track) }))
  return measured.toSorted((a, b) => {
    const at = a.far.findIndex((distance, i) => distance !== b.far[i])
    return at < 0 ? 0 : (a.far[at] ?? 0) - (b.far[at] ?? 0)
  })[0]?.track
}
