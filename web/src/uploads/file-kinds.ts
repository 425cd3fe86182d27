/** What a file is by its name, as far as sending it goes. */

/** Endings of films, as a browser's file chooser takes them. */
export const films =
  '.mp4,.m4v,.m4a,.mov,.cmfv,.cmfa,.ts,.m2ts,.mts,.m2t,video/mp4,video/quicktime,audio/mp4,video/mp2t'
/** Endings of what goes with a film. */
export const besideFilms = '.vtt,.srt,.ttml,.xml,.scc,.json'

/** Whether a file goes into the folder of a film, by its name. */
export const isBesideFilm = (name: string): boolean => /\.(vtt|srt|ttml|xml|scc)$|^asset\.json$/i.test(name)

/** Whether it has sound alone, by its name. */
export const isAudio = (name: string): boolean => /\.(m4a|cmfa)$/i.test(name)

/** Its name without what follows the last dot. */
export function stemOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(0, dot) : name
}

/** What follows the last dot, in small letters. */
export const endingOf = (name: string): string => name.slice(stemOf(name).length + 1).toLowerCase()
