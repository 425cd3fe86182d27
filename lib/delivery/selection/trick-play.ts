/** Renditions of key frames, for winding: which picture each goes with. */
import { isVideo, type Rendition } from '../../timeline/presentation.ts'
import { codecFamily } from '../codec-family.ts'

/**
 * What was chosen of `all`: key frames stay while a picture a decoder can show in their place does, and go with the
 * best of those where their own was not chosen.
 */
export function withTrickPlay(all: readonly Rendition[], chosen: readonly Rendition[]): Rendition[] {
  return chosen.flatMap((one) => {
    const { trickOf } = one
    if (trickOf === undefined || chosen.some(({ id }) => id === trickOf)) return [one]
    const own = all.find(({ id }) => id === trickOf)
    const best = chosen
      .filter((other) => own && isVideo(other) && sameFamily(own, other))
      .toSorted((a, b) => b.bandwidth.peak - a.bandwidth.peak)[0]
    return best ? [{ ...one, trickOf: best.id }] : []
  })
}

/** The same moving picture for the same decoder, in whatever size. */
const sameFamily = (a: Rendition, b: Rendition): boolean => familyOf(a) === familyOf(b)

const familyOf = ({ config, language, roles }: Rendition): string =>
  [codecFamily(config.codec), config.videoRange ?? 'SDR', language, roles.join()].join(' ')
