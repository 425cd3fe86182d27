/** A deliverable text track of an upload: 3GPP timed text, WebVTT or TTML. */
import type { SkippedTrack } from '../../assets/index.ts'
import { HeadendError } from '../../errors.ts'
import {
  type Box,
  boxes,
  children,
  countSamples,
  type EditWindow,
  type Movie,
  readKinds,
  readSampleTable,
  readStpp,
  readTrak,
  readTx3g,
  readWvtt,
  resolveEdits,
  type SampleTable,
  type StppEntry,
  shown,
  type Trak,
  type Tx3gEntry,
  type WvttEntry,
} from '../../formats/isobmff/index.ts'
import { maxCues } from '../../formats/webvtt/index.ts'
import { bcp47 } from '../assets/language.ts'
import { chapterTracks } from '../reading/chapters.ts'
import { checkOrder, type FragmentTable, joinTables } from '../reading/fragment-tables.ts'
import { textHandlers } from '../reading/source-track.ts'

/** Format and sample entry of a text track. */
export type TextEntry =
  | { readonly kind: 'tx3g'; readonly entry: Tx3gEntry }
  | { readonly kind: 'wvtt'; readonly entry: WvttEntry }
  | { readonly kind: 'stpp'; readonly entry: StppEntry }

/** Everything needed to read and describe a text track. */
export interface TextTrack {
  /** From the file's own `tkhd`. */
  readonly trackId: number
  readonly text: TextEntry
  readonly timescale: number
  readonly language?: string
  /** Human-readable name. */
  readonly name?: string
  /** As in the file's `mdhd` and `elng`. */
  readonly mdhdLanguage?: string
  readonly languageTag?: string
  /** DASH roles the file states. */
  readonly roles: readonly string[]
  readonly width: number
  readonly height: number
  readonly matrix: readonly number[]
  readonly samples: SampleTable
  readonly fragmented?: true
  readonly edit: EditWindow
}

/** Reads all text tracks of a movie; a broken or unusable one is skipped with its reason. */
export function readTextTracks(
  movie: Movie,
  file: {
    readonly name: string
    readonly size: number
    readonly fragments?: ReadonlyMap<number, FragmentTable>
  },
): { readonly tracks: TextTrack[]; readonly skipped: SkippedTrack[] } {
  const tracks: TextTrack[] = []
  const skipped: SkippedTrack[] = []
  const chapters = chapterTracks(movie)
  for (const box of movie.traks) {
    const trak = textTrak(box)
    if (!trak) continue
    const { trackId } = trak.header
    try {
      if (chapters.has(trackId))
        throw new HeadendError('MP4_CHAPTERS', `track ${trackId}: a list of chapters, which is no subtitles`)
      tracks.push(readTrack(trak, { box, movie, ...file }))
    } catch (error) {
      if (!(error instanceof HeadendError)) throw error
      const codec = trak.entries[0]?.type
      skipped.push({
        file: file.name,
        trackId,
        type: 'text',
        ...(codec && { codec }),
        code: error.code,
        reason: error.message,
      })
    }
  }
  return { tracks, skipped }
}

/** Undefined if it is no text track; an unreadable one is reported when the film's other tracks are read. */
function textTrak(box: Box): Trak | undefined {
  try {
    const trak = readTrak(box)
    return textHandlers.has(trak.handler) ? trak : undefined
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    return undefined
  }
}

interface InMovie {
  readonly box: Box
  readonly movie: Movie
  readonly size: number
  readonly fragments?: ReadonlyMap<number, FragmentTable>
}

function readTrack(trak: Trak, { box, movie, size, fragments }: InMovie): TextTrack {
  const { header, media, edits, sampleTable } = trak
  const where = `track ${header.trackId}`
  const text = readEntry(trak)
  if (trak.inThisFile[text.entry.dataReference - 1] === false)
    throw new HeadendError(
      'MP4_MEDIA_ELSEWHERE',
      `${where}: expected its texts in this file, got a reference to another; export it self-contained`,
    )
  if (children(sampleTable).has('subs'))
    throw new HeadendError(
      'TEXT_PICTURES',
      `${where}: expected texts, got samples with pictures in them; players show texts alone`,
    )
  const fragment = fragments?.get(header.trackId)
  const declared = countSamples(sampleTable) + (fragment?.samples.count ?? 0)
  if (declared > maxCues)
    throw new HeadendError('TEXT_CUES_MANY', `${where}: expected at most ${maxCues} samples, got ${declared}`)
  const inMoov = readSampleTable(sampleTable, size)
  const samples = fragment ? joinTables(inMoov, fragment) : inMoov
  if (samples.count === 0) throw new HeadendError('MP4_TRACK_EMPTY', `${where}: expected samples, got none`)
  if (fragment) checkOrder(samples, header.trackId)
  if (samples.descriptions.length > 1 || samples.descriptions[0]?.description !== 1)
    throw new HeadendError(
      'MP4_DESCRIPTIONS_SEVERAL',
      `${where}: expected texts of one sample description, got several; export it anew`,
    )
  const language = bcp47(trak.languageTag ?? media.language)
  return {
    trackId: header.trackId,
    text,
    timescale: media.timescale,
    ...(language && { language }),
    ...(trak.name && { name: trak.name }),
    ...(media.language && { mdhdLanguage: media.language }),
    ...(trak.languageTag && { languageTag: trak.languageTag }),
    roles: rolesOf(box, text),
    width: header.width,
    height: header.height,
    matrix: header.matrix,
    samples,
    ...(fragment && { fragmented: true }),
    edit: resolveEdits(edits, { movieTimescale: movie.timescale, timescale: media.timescale }),
  }
}

function readEntry({ header, entries: [entry] }: Trak): TextEntry {
  if (!entry)
    throw new HeadendError('MP4_ENTRY_MISSING', `track ${header.trackId}: expected a sample entry, got none`)
  switch (entry.type) {
    case 'tx3g':
      return { kind: 'tx3g', entry: readTx3g(entry) }
    case 'wvtt':
      return { kind: 'wvtt', entry: readWvtt(entry) }
    case 'stpp':
      return { kind: 'stpp', entry: readStpp(entry) }
    default:
      throw new HeadendError(
        'MP4_CODEC_UNSUPPORTED',
        `track ${header.trackId}: expected texts as tx3g, wvtt or stpp, got ${shown(entry.type)}`,
      )
  }
}

/** DASH roles from the track's `kind` boxes; `forced-subtitle` if the sample entry says that all text is forced. */
function rolesOf(trak: Box, text: TextEntry): string[] {
  const udta = [...boxes(trak.body)].find(({ type }) => type === 'udta')
  const kinds = udta ? readKinds(udta) : []
  const stated = kinds.flatMap(({ scheme, value }) => (scheme === 'urn:mpeg:dash:role:2011' ? [value] : []))
  const forced = text.kind === 'tx3g' && text.entry.allForced ? ['forced-subtitle'] : []
  return [...new Set([...stated.filter((role) => /^[a-z-]{1,32}$/.test(role)), ...forced])]
}
