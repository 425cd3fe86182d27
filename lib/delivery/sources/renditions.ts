/** Converts a timeline's tracks to renditions, best video first. */
import type { Rendition } from '../../timeline/presentation.ts'
import type { Timeline, Track, TrackConfig } from '../../timeline/timeline.ts'
import { codecFamily } from '../codec-family.ts'

/** Renditions of a timeline's playable tracks, with the tracks' IDs. Trick play tracks come last. */
export function renditionsOf({ tracks }: Timeline): Rendition[] {
  const playable = tracks.filter(
    ({ type, segments, trickOf }) => type !== 'metadata' && segments.length > 0 && trickOf === undefined,
  )
  const ordered = playable
    .toSorted((a, b) => (a.type === 'video' && b.type === 'video' ? b.bandwidth.peak - a.bandwidth.peak : 0))
    // Their segments need not be loaded: only their own manifests use them.
    .concat(tracks.filter(({ trickOf }) => trickOf !== undefined))
  const seen = new Set<string>()
  const names = new Set<string>()
  return ordered.flatMap((track) => {
    const first = track.segments[0]?.configId ?? (track.trickOf && track.configs[0]?.id)
    const config = track.configs.find(({ id }) => id === first)
    if (!config) return []
    const { id, type, roles, bandwidth, language, captions, trickOf } = track
    const isDefault = trickOf === undefined && isMain(track) && !seen.has(type)
    if (isDefault) seen.add(type)
    const name = nameOf(track, config, names)
    return [
      {
        id,
        type,
        roles,
        bandwidth,
        config,
        isDefault,
        ...(language && { language }),
        ...(name && { name }),
        ...(captions && { captions }),
        ...(trickOf && { trickOf }),
      },
    ]
  })
}

/** Whether a track is the viewer's first choice, not one for special purposes (a commentary, a description). */
const isMain = ({ type, roles }: Track): boolean =>
  type === 'text' ? roles.includes('main') : roles.length === 0 || roles.includes('main')

/** Viewers choose by the name, and one language may have subtitles for several purposes. */
function defaultName({ id, language, roles }: Track): string {
  const purpose = roles.includes('forced-subtitle') ? 'forced' : roles.includes('caption') ? 'captions' : ''
  return purpose === '' ? (language ?? id) : `${language ?? id} (${purpose})`
}

/**
 * A unique name, except for the same rendition in another codec: that is another HLS group, and all groups offer the
 * same names (RFC 8216bis 4.4.6.1.1). Video needs no name.
 */
function nameOf(
  track: Track,
  { codec, channels, jointObjects }: TrackConfig,
  taken: Set<string>,
): string | undefined {
  if (track.type === 'video') return track.name
  const wanted = track.name ?? defaultName(track)
  const key = (name: string): string =>
    [track.type, codecFamily(codec), channels, jointObjects, name].join(' ')
  let name = wanted
  for (let n = 2; taken.has(key(name)); n++) name = `${wanted} ${n}`
  taken.add(key(name))
  return name
}
