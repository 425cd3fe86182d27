/** What a timeline offers a viewer: its tracks as renditions, best picture first. */
import type { Rendition } from '../timeline/presentation.ts'
import type { Timeline, Track } from '../timeline/timeline.ts'

/** Renditions of a timeline's playable tracks; ids are the tracks'. */
export function renditionsOf({ tracks }: Timeline): Rendition[] {
  const playable = tracks.filter(({ type, segments }) => type !== 'metadata' && segments.length > 0)
  const ordered = playable.toSorted((a, b) =>
    a.type === 'video' && b.type === 'video' ? b.bandwidth.peak - a.bandwidth.peak : 0,
  )
  const seen = new Set<string>()
  const names = new Set<string>()
  return ordered.flatMap((track) => {
    const config = track.configs.find(({ id }) => id === track.segments[0]?.configId)
    if (!config) return []
    const isDefault = isMain(track) && !seen.has(track.type)
    if (isDefault) seen.add(track.type)
    const { id, type, roles, bandwidth, language } = track
    const name = nameOf(track, names)
    return [
      { id, type, roles, bandwidth, config, isDefault, ...(language && { language }), ...(name && { name }) },
    ]
  })
}

/** The viewer's first choice unless it is there for somebody else (a commentary, a description). */
const isMain = ({ type, roles }: Track): boolean =>
  type === 'text' ? roles.includes('main') : roles.length === 0 || roles.includes('main')

/** A name no other rendition has; pictures need none. */
function nameOf(track: Track, taken: Set<string>): string | undefined {
  if (track.type === 'video') return track.name
  const wanted = track.name ?? track.language ?? track.id
  let name = wanted
  for (let n = 2; taken.has(`${track.type} ${name}`); n++) name = `${wanted} ${n}`
  taken.add(`${track.type} ${name}`)
  return name
}
