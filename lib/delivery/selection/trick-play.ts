/** Trick play renditions and the main video each belongs to. */
import { isVideo, type Rendition } from '../../timeline/presentation.ts'
import { codecFamily } from '../codec-family.ts'

/**
 * Adjusts the trick play renditions among those chosen from `all`: one is kept while a video rendition of the same
 * family remains, and attached to the best of these if its own was not chosen.
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

/** Whether two renditions show the same video for the same decoder, in any size. */
const sameFamily = (a: Rendition, b: Rendition): boolean => familyOf(a) === familyOf(b)

const familyOf = ({ config, language, roles }: Rendition): string =>
  [codecFamily(config.codec), config.videoRange ?? 'SDR', language, roles.join()].join(' ')
