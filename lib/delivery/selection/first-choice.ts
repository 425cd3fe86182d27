/** What a player may take by itself, without being told by its viewer, in either protocol. */
import type { Rendition } from '../../timeline/presentation.ts'

/**
 * Whether a rendition is the default of its type, or the same thing in another codec. DASH players that are told
 * nothing take the sound of the highest bit rate, in whatever language.
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
