/** One track of an upload, read and found deliverable. */
import { HeadendError } from '../errors.ts'
import type { Box } from '../formats/isobmff/box.ts'
import type { Codec } from '../formats/isobmff/codec.ts'
import { codecs } from '../formats/isobmff/codecs.ts'
import { type EditWindow, resolveEdits } from '../formats/isobmff/edit-window.ts'
import type { Movie } from '../formats/isobmff/moov.ts'
import { readSampleTable, type SampleTable } from '../formats/isobmff/sample-table.ts'
import { readTrak, type Trak } from '../formats/isobmff/trak.ts'
import { checkOrder, type FragmentTable, joinTables } from './fragment-tables.ts'
import { bcp47 } from './language.ts'

/** What is needed to cut, index and describe it; nothing here holds on to the moov. */
export interface FilmTrack {
  /** Of the file's own `tkhd`. */
  readonly trackId: number
  readonly type: 'video' | 'audio'
  readonly codec: Codec
  readonly timescale: number
  readonly language?: string
  /** As the file's `mdhd` and `elng` have it. */
  readonly mdhdLanguage?: string
  readonly languageTag?: string
  readonly width: number
  readonly height: number
  readonly matrix: readonly number[]
  readonly samples: SampleTable
  /** Its samples, or some, lie in movie fragments. */
  readonly fragmented?: true
  readonly edit: EditWindow
}

/** A track nobody will see, and why; the rest plays. */
export interface SkippedTrack {
  /** Upload key. */
  readonly file: string
  /** Of the file's own `tkhd`, where it could be read. */
  readonly trackId?: number
  readonly type?: string
  /** Four-cc of its samples. */
  readonly codec?: string
  readonly code: string
  readonly reason: string
}

/** What a file holds, by track. */
export interface Film {
  readonly tracks: readonly FilmTrack[]
  readonly skipped: readonly SkippedTrack[]
}

/** A file that was cut off plays nowhere whole: it fails, whichever track shows it. */
const fatal = new Set(['MP4_TRUNCATED'])

/** Reads all tracks of a movie; one that is broken or of no use is skipped with its reason. */
export function readFilm(
  movie: Movie,
  file: {
    readonly name: string
    readonly size: number
    /** What its movie fragments hold, by track. */
    readonly fragments?: ReadonlyMap<number, FragmentTable>
  },
): Film {
  const tracks: FilmTrack[] = []
  const skipped: SkippedTrack[] = []
  for (const box of movie.traks) {
    let trak: Trak | undefined
    try {
      trak = readTrak(box)
      tracks.push(readTrack(trak, movie, file))
    } catch (error) {
      if (!(error instanceof HeadendError) || fatal.has(error.code)) throw error
      const codec = trak?.entries[0]?.type
      skipped.push({
        file: file.name,
        ...(trak && { trackId: trak.header.trackId, type: types[trak.handler] ?? trak.handler }),
        ...(codec && { codec }),
        code: error.code,
        reason: error.message,
      })
    }
  }
  return { tracks, skipped }
}

const types: Readonly<Record<string, string>> = {
  vide: 'video',
  soun: 'audio',
  sbtl: 'text',
  subt: 'text',
  text: 'text',
  clcp: 'text',
}

function readTrack(trak: Trak, movie: Movie, { size, fragments }: Parameters<typeof readFilm>[1]): FilmTrack {
  const { header, media, handler, edits, sampleTable } = trak
  if (handler !== 'vide' && handler !== 'soun')
    throw new HeadendError(
      'MP4_HANDLER_UNSUPPORTED',
      `track ${header.trackId}: expected pictures or sound, got handler ${handler}`,
    )
  const codec = readCodec(trak)
  const fragment = fragments?.get(header.trackId)
  const inMoov = readSampleTable(sampleTable, size)
  const samples = fragment ? joinTables(inMoov, fragment) : inMoov
  if (samples.count === 0)
    throw new HeadendError('MP4_TRACK_EMPTY', `track ${header.trackId}: expected samples, got none`)
  if (fragment) checkOrder(samples, header.trackId)
  if (samples.descriptions.length > 1 || samples.descriptions[0] !== 1)
    throw new HeadendError(
      'MP4_DESCRIPTIONS_SEVERAL',
      `track ${header.trackId}: expected one sample description in use, got ${samples.descriptions.join(', ')}`,
    )
  const language = bcp47(trak.languageTag ?? media.language)
  return {
    trackId: header.trackId,
    type: codec.type,
    codec,
    timescale: media.timescale,
    ...(language && { language }),
    ...(media.language && { mdhdLanguage: media.language }),
    ...(trak.languageTag && { languageTag: trak.languageTag }),
    width: header.width,
    height: header.height,
    matrix: header.matrix,
    samples,
    ...(fragment && { fragmented: true }),
    edit: resolveEdits(edits, { movieTimescale: movie.timescale, timescale: media.timescale }),
  }
}

function readCodec(trak: Trak): Codec {
  const entry = trak.entries[0]
  if (!entry)
    throw new HeadendError(
      'MP4_ENTRY_MISSING',
      `track ${trak.header.trackId}: expected a sample entry, got none`,
    )
  const reader = codecs.get(entry.type)
  if (!reader) throw unsupported(trak, entry)
  const codec = reader(entry)
  if (trak.inThisFile[codec.dataReference - 1] !== true)
    throw new HeadendError(
      'MP4_MEDIA_ELSEWHERE',
      `track ${trak.header.trackId}: expected its media in this file, got a reference to another; export it self-contained`,
    )
  return codec
}

function unsupported(trak: Trak, entry: Box): HeadendError {
  const where = `track ${trak.header.trackId}`
  if (entry.type === 'encv' || entry.type === 'enca')
    return new HeadendError(
      'MP4_TRACK_ENCRYPTED',
      `${where}: expected clear media, got ${entry.type}; upload it clear`,
    )
  return new HeadendError(
    'MP4_CODEC_UNSUPPORTED',
    `${where}: expected one of ${[...codecs.keys()].join(', ')}, got ${entry.type} at ${entry.at}`,
  )
}
