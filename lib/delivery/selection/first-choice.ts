/** Renditions a player may select without user input, in HLS and DASH. */
import type { Rendition } from '../../timeline/presentation.ts'

/**
 * Whether a rendition is the default of its type, or the same in another codec. Without signalling, DASH players select
 * the audio with the highest bit rate, in whatever language.
 */
export function firstChoiceOf(renditions: readonly Rendition[]): (one: Rendition) => boolean {
  return ({ type, isDefault, roles, name, language }) =>
    isDefault ||
    renditions.some(
      (first) =>
        first.isDefault &&
        first.type === type &&
        first.language === language &&
        ((name && first.name === name) || (roles.length > 0 && first.roles.join() === roles.join())),
    )
}
