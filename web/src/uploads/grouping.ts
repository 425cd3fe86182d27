/** Which files of a drop are one film together, told from their names. Pure; what it says is shown before it is done. */

import { assetIdOf } from '../../../lib/assets/uploads/asset-id.ts'
import { textNameOf } from '../../../lib/packaging/text/name.ts'
import { endingOf, isAudio, isBesideFilm, stemOf } from './file-kinds.ts'

/** What of a file its name tells. */
export interface Named {
  readonly name: string
}

/** What a text is for; empty: the ordinary subtitles of a language. */
export type Purpose = '' | 'sdh' | 'forced'

/** A file that goes with a film, and as what. */
export interface Beside<File extends Named> {
  readonly file: File
  readonly kind: 'text' | 'audio'
  /** BCP 47; empty where nothing says it. */
  readonly language: string
  readonly purpose: Purpose
}

/** A film and what goes with it. */
export interface FilmPlan<File extends Named> {
  readonly film: File
  readonly assetId: string
  readonly beside: readonly Beside<File>[]
}

/** A drop, sorted. */
export interface DropPlan<File extends Named> {
  readonly films: readonly FilmPlan<File>[]
  /** Texts and the like that no film of the drop has in its name. */
  readonly loose: readonly File[]
}

/** Sorts files: `film.mp4`, `film.en.srt` and `film.de.m4a` are one; a lone `de.vtt` is of the only film there is. */
export function planOf<File extends Named>(files: readonly File[]): DropPlan<File> {
  const videos = files.filter(({ name }) => !isBesideFilm(name) && !isAudio(name))
  const ownerOf = (file: File): File | undefined => {
    const stem = stemOf(file.name)
    const named = videos.filter((film) => isOf(stem, stemOf(film.name)))
    // `film 2.en.srt` is of `film 2`, though it begins like `film`.
    const [longest] = named.toSorted((a, b) => stemOf(b.name).length - stemOf(a.name).length)
    if (longest) return longest
    const [only] = videos
    return videos.length === 1 && isLanguage(file) ? only : undefined
  }
  const owners = new Map<File, File | undefined>()
  for (const file of files)
    if (isAudio(file.name) || (isBesideFilm(file.name) && file.name !== 'asset.json'))
      owners.set(file, ownerOf(file))
  // Sound of no film is one by itself.
  const heads = files.filter(
    (file) => videos.includes(file) || (isAudio(file.name) && owners.get(file) === undefined),
  )
  return {
    films: heads.map((film) => ({
      film,
      assetId: assetIdOf(stemOf(film.name)),
      beside: files.filter((file) => owners.get(file) === film).map((file) => besideOf(file)),
    })),
    loose: files.filter((file) => isBesideFilm(file.name) && owners.get(file) === undefined),
  }
}

/** A file as what it goes with a film, by its own name. */
export function besideOf<File extends Named>(file: File): Beside<File> {
  const { language = '', roles } = textNameOf(file.name)
  const purpose = roles.includes('forced-subtitle') ? 'forced' : roles.includes('caption') ? 'sdh' : ''
  return isAudio(file.name)
    ? { file, kind: 'audio', language, purpose: '' }
    : { file, kind: 'text', language, purpose }
}

/** `film.en` and `film-en` begin with `film`, `filmed` does not. */
const isOf = (stem: string, film: string): boolean =>
  stem.toLowerCase() === film.toLowerCase() ||
  (stem.toLowerCase().startsWith(film.toLowerCase()) && /^[._ -]/.test(stem.slice(film.length)))

/** Nothing but a language, and perhaps what it is for: `en.vtt`, `pt-BR.forced.srt`. */
const isLanguage = (file: Named): boolean =>
  /^[A-Za-z]{2,3}([-_.][A-Za-z0-9]{2,8})*$/.test(stemOf(file.name)) && besideOf(file).language !== ''

/** Names the texts of a film are sent under, which say again what was chosen; no two alike. */
export function sentNames<File extends Named>(
  assetId: string,
  beside: readonly Beside<File>[],
): readonly string[] {
  const taken = new Set<string>()
  return beside.map(({ file, language, purpose }) => {
    for (let copy = 1; ; copy++) {
      const words = [assetId.slice(0, 100), copy > 1 && String(copy), language, purpose]
      const name = `${words.filter(Boolean).join('.')}.${endingOf(file.name)}`
      if (taken.has(name)) continue
      taken.add(name)
      return name
    }
  })
}
