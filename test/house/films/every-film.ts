/** The films that tests of reading back and of playing go through, and what is to become of each. */
import { corpusMissing } from '../../judges/corpus.ts'
import { ffmpegMissing } from '../ffmpeg.ts'
import type { ScreenedFile } from '../screening.ts'
import { corpusFilms } from './corpus-films.ts'
import { madeFilms } from './made-films.ts'
import { streamFilms } from './stream-films.ts'

/** One film; without `refused` it plays. */
export interface EveryFilm {
  readonly name: string
  /** Files of the corpus it is made of. */
  readonly needs: readonly string[]
  files(): Promise<readonly ScreenedFile[]>
  /** Code it is refused with. */
  readonly refused?: string
  /** Words of the reason. */
  readonly because?: string
  /** Codes of what is left out while the rest plays. */
  readonly leftOut?: readonly string[]
  /** Its pictures and its sound end apart: a Period holds all of it, for Shaka plays nothing that some Period lacks. */
  readonly endsApart?: boolean
  /** Uploaded in movie fragments, whose clock may begin anywhere. */
  readonly fragmented?: boolean
  /** The film whose segments its own are like: players are shown that one alone. */
  readonly leavesAs?: string
  /** Where its samples are as they are to be, if they stand otherwise in the upload. */
  readonly samples?: () => string
  /** Why Chromium plays it from its start alone. */
  readonly unseekable?: string
  /** Why mediabunny can't say what is in the upload. */
  readonly unreadByMediabunny?: string
}

/** All of them. */
export const everyFilm: readonly EveryFilm[] = [...corpusFilms, ...madeFilms, ...streamFilms]

/** Why a film can't be had here; undefined where it can. */
export const filmMissing = (film: EveryFilm): string | undefined =>
  corpusFilms.includes(film) ? corpusMissing : ffmpegMissing
