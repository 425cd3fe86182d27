/** Audio groups in HLS: a player supports all of a group or none of it (RFC 8216bis 4.4.6.1.1). */
import type { Rendition } from '../../timeline/presentation.ts'
import type { TrackConfig } from '../../timeline/timeline.ts'
import { codecFamily, playsEverywhere } from '../codec-family.ts'
import { firstChoiceOf } from '../selection/first-choice.ts'

/** One codec and channel count in all languages. */
export interface AudioGroup {
  readonly id: string
  readonly members: readonly Rendition[]
}

/** Every group has the same default, whatever the source says, so that a player always finds a first choice. */
export function audioGroups(audio: readonly Rendition[]): AudioGroup[] {
  const groups = new Map<string, Rendition[]>()
  for (const one of audio) {
    const { codec, channels = 2, jointObjects } = one.config
    const id = `audio-${codecFamily(codec)}-${jointObjects === undefined ? channels : `${jointObjects}-joc`}`
    const members = groups.get(id)
    if (members) members.push(one)
    else groups.set(id, [one])
  }
  const all = [...groups.values()]
  const base =
    all.find((members) => members.some(({ config }) => playsEverywhere(config.codec))) ?? all[0] ?? []
  const first = (base.find(firstChoiceOf(audio)) ?? base[0])?.name
  return [...groups].map(([id, own]) => {
    const members = [...own, ...missing(own, base)]
    const preferred = members.find(({ name }) => name === first) ?? members[0]
    // Also first in its group: players based on FFmpeg go by order alone.
    const flagged = members.map((one) => ({ ...one, isDefault: one === preferred }))
    return { id, members: flagged.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault)) }
  })
}

/**
 * All groups must offer the same names (4.4.6.1.1): members of the base group (a codec that plays everywhere, else the
 * first) are added to groups that lack them. Not the reverse, or players without the other codec could play nothing.
 */
const missing = (own: readonly Rendition[], base: readonly Rendition[]): Rendition[] =>
  base.filter(({ name }) => !own.some((one) => one.name === name))

/** CHANNELS (4.4.6.1): the channel count, or for object-based audio the object count and the coding. */
export const hlsChannels = ({ channels, jointObjects }: TrackConfig): string | undefined =>
  jointObjects !== undefined ? `${jointObjects}/JOC` : channels === undefined ? undefined : String(channels)
