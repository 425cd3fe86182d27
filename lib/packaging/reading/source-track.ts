/** A track of an upload, read and found deliverable. */
import type { SkippedTrack } from '../../assets/index.ts'
import { type ErrorCode, HeadendError } from '../../errors.ts'
import {
  audioCodecs,
  type Box,
  type Codec,
  codecs,
  countSamples,
  type EditWindow,
  glanceTrak,
  type Movie,
  type Repair,
  readSampleTable,
  readTrak,
  resolveEdits,
  type SampleTable,
  type Trak,
  videoCodecs,
} from '../../formats/isobmff/index.ts'
import type { CaptionService } from '../../timeline/timeline.ts'
import { bcp47 } from '../assets/language.ts'
import { chapterTracks } from './chapters.ts'
import { checkOrder, type FragmentTable, joinTables } from './fragment-tables.ts'
import type { BrokenEnd } from './fragments.ts'
import { mendTimes } from './mend-times.ts'
import { FileBudget, type SampleBudget } from './sample-budget.ts'

/** Everything needed to cut, index and describe the track; keeps no reference to the moov. */
export interface SourceTrack {
  /** From the file's own `tkhd`. */
  readonly trackId: number
  readonly type: 'video' | 'audio'
  /** Codec of the first samples. */
  readonly codec: Codec
  /** Sample descriptions, each with the first sample it applies to; the first one is `codec`. */
  readonly descriptions: readonly SampleDescription[]
  readonly timescale: number
  readonly language?: string
  /** Human-readable name. */
  readonly name?: string
  /** Players select it by default. */
  readonly enabled: boolean
  /** From `tkhd`; 0 if it belongs to no alternate group. */
  readonly alternateGroup: number
  /** As in the file's `mdhd` and `elng`. */
  readonly mdhdLanguage?: string
  readonly languageTag?: string
  readonly width: number
  readonly height: number
  readonly matrix: readonly number[]
  readonly samples: SampleTable
  /** The samples with their times as stored in the file, if hiding frames changed them. */
  readonly stored?: SampleTable
  /** Defects found, and how they were repaired. */
  readonly repairs: readonly Repair[]
  /** In-band caption services. */
  readonly captions?: readonly CaptionService[]
  /** Preferred transfer characteristics from SEI; takes precedence over the codec configuration. */
  readonly preferredTransfer?: number
  /** All or some of its samples lie in movie fragments. */
  readonly fragmented?: true
  /** The point where its recording broke off. */
  readonly brokenEnd?: BrokenEnd
  readonly edit: EditWindow
}

/** The codec of the samples from `from` on, until the next description. */
export interface SampleDescription {
  readonly from: number
  readonly codec: Codec
}

/** The tracks of a file. */
export interface FileTracks {
  readonly tracks: readonly SourceTrack[]
  /** Track types players would show or play, deliverable or not. */
  readonly kinds: ReadonlySet<SourceTrack['type']>
  readonly skipped: readonly SkippedTrack[]
}

/** Errors that fail the whole file, whichever track reveals them: a truncated file is nowhere complete. */
const fatal: ReadonlySet<ErrorCode> = new Set(['MP4_TRUNCATED'])

/** Handlers of text tracks, which `text-track.ts` reads. */
export const textHandlers: ReadonlySet<string> = new Set(['text', 'sbtl', 'subt'])

/** Reads all video and audio tracks of a movie; a broken or unusable one is skipped with its reason. */
export function readSourceFile(
  movie: Movie,
  file: {
    readonly name: string
    readonly size: number
    /** Samples in movie fragments, by track. */
    readonly fragments?: ReadonlyMap<number, FragmentTable>
    /** The remaining budget of the asset's tracks. */
    readonly budget?: SampleBudget
  },
): FileTracks {
  const tracks: SourceTrack[] = []
  const skipped: SkippedTrack[] = []
  const kinds = new Set<SourceTrack['type']>()
  const bytes = new FileBudget(file.size)
  for (const box of movie.traks) {
    let trak: Trak | undefined
    try {
      trak = readTrak(box)
      if (textHandlers.has(trak.handler)) continue
      const { trackId } = trak.header
      const where = `track ${trackId}`
      if (tracks.some((one) => one.trackId === trackId))
        throw new HeadendError(
          'MP4_TRACK_TWICE',
          `${where}: expected a track id of its own, got it again at ${box.at}`,
        )
      const track = readTrack(trak, movie, file)
      bytes.takeBytes(track.samples.sizes, where)
      kinds.add(track.type)
      tracks.push(track)
    } catch (error) {
      if (!(error instanceof HeadendError) || fatal.has(error.code)) throw error
      const { handler, entry } = glanceTrak(box)
      const kind = kindOf(handler, entry)
      const isNeeded = !nothingThere.has(error.code) && !(trak && isBeside(trak, movie, file.fragments))
      if (kind && isNeeded) kinds.add(kind)
      skipped.push({
        file: file.name,
        ...(trak && { trackId: trak.header.trackId }),
        ...(handler && { type: types[handler] ?? handler }),
        ...(entry && { codec: entry }),
        code: error.code,
        reason: error.message,
      })
    }
  }
  return { tracks, kinds, skipped }
}

/** Error codes of tracks with nothing to show. */
const nothingThere: ReadonlySet<ErrorCode> = new Set(['MP4_TRACK_EMPTY', 'MP4_EDIT_EMPTY'])
/** Intra-only image codecs: covers, chapter images, and the video of some cameras. */
const stills = new Set(['jpeg', 'png ', 'mjpa', 'mjpb'])
/** Encrypted sample entries of ISO (ISO/IEC 14496-12 8.12) and of iTunes. */
const encrypted = new Set(['encv', 'enca', 'drmi', 'drms'])

/** The type a track would be shown or played as, whether or not its codec is supported; undefined if unknown. */
function kindOf(handler: string | undefined, entry: string | undefined): SourceTrack['type'] | undefined {
  if (entry === undefined) return undefined
  if (handler === 'vide') return 'video'
  return handler === 'soun' ? 'audio' : undefined
}

/** Whether a track is cover art (a single image) or chapter images (referenced as such): others are the film itself. */
function isBeside(
  { header, entries, sampleTable }: Trak,
  movie: Movie,
  fragments?: ReadonlyMap<number, FragmentTable>,
): boolean {
  if (!entries.every(({ type }) => stills.has(type))) return false
  const isFew = countSamples(sampleTable) < 2 && !fragments?.has(header.trackId)
  return isFew || chapterTracks(movie).has(header.trackId)
}

const types: Readonly<Record<string, string>> = {
  vide: 'video',
  soun: 'audio',
  clcp: 'text',
}

function readTrack(
  trak: Trak,
  movie: Movie,
  { size, fragments, budget }: Parameters<typeof readSourceFile>[1],
): SourceTrack {
  const { header, media, handler, edits, sampleTable } = trak
  if (handler !== 'vide' && handler !== 'soun')
    throw new HeadendError(
      'MP4_HANDLER_UNSUPPORTED',
      `track ${header.trackId}: expected pictures or sound, got handler ${handler}`,
    )
  // Checked before reading the tables, which cost memory.
  if (trak.entries.length < 2) readCodec(trak, 1)
  const fragment = fragments?.get(header.trackId)
  budget?.takeSamples(countSamples(sampleTable), `track ${header.trackId}`)
  const inMoov = readSampleTable(sampleTable, size)
  const joined = fragment ? joinTables(inMoov, fragment) : inMoov
  if (joined.count === 0)
    throw new HeadendError('MP4_TRACK_EMPTY', `track ${header.trackId}: expected samples, got none`)
  const samples = mendTimes(joined, {
    trackId: header.trackId,
    timescale: media.timescale,
    longest: Math.max(media.duration ?? 0, (movie.duration / movie.timescale) * media.timescale),
    fragmented: fragment !== undefined,
  })
  if (fragment) checkOrder(samples, header.trackId)
  const descriptions = readDescriptions(trak, samples)
  const editRepairs: Repair[] = []
  const edit = resolveEdits(edits, {
    movieTimescale: movie.timescale,
    timescale: media.timescale,
    repairs: editRepairs,
  })
  const codec = descriptions[0]?.codec ?? readCodec(trak, 1)
  const language = bcp47(trak.languageTag ?? media.language)
  return {
    trackId: header.trackId,
    type: codec.type,
    codec,
    descriptions,
    timescale: media.timescale,
    ...(language && { language }),
    ...(trak.name && { name: trak.name }),
    enabled: header.enabled,
    alternateGroup: header.alternateGroup,
    ...(media.language && { mdhdLanguage: media.language }),
    ...(trak.languageTag && { languageTag: trak.languageTag }),
    width: header.width,
    height: header.height,
    matrix: header.matrix,
    samples: codec.type === 'video' || codec.dependent ? samples : withoutSync(samples),
    repairs: [...(samples.repairs ?? []), ...editRepairs],
    ...(fragment && { fragmented: true }),
    ...(fragment?.brokenEnd && { brokenEnd: fragment.brokenEnd }),
    edit,
  }
}

/** Drops the sync table: every audio frame can be decoded by itself, whatever a table or a fragment says. */
function withoutSync(samples: SampleTable): SampleTable {
  const { sync, ...others } = samples
  return sync ? others : samples
}

/** Merges entries with the same content; a description may change only at a sync sample. */
function readDescriptions(trak: Trak, samples: SampleTable): SampleDescription[] {
  const where = `track ${trak.header.trackId}`
  const known = new Map<number, Codec>()
  const found: SampleDescription[] = []
  for (const { from, description } of samples.descriptions) {
    const codec = known.get(description) ?? readCodec(trak, description)
    known.set(description, codec)
    const before = found.at(-1)
    if (before && Buffer.compare(before.codec.sampleEntry, codec.sampleEntry) === 0) continue
    const entry = fourccOf(codec)
    if (before && fourccOf(before.codec) !== entry)
      throw new HeadendError(
        'MP4_DESCRIPTIONS_SEVERAL',
        `${where}: expected one codec throughout, got ${fourccOf(before.codec)} and, from sample ${from + 1} on, ${entry}; ` +
          'encode it anew in one codec',
      )
    if (before && samples.sync && samples.sync[from] !== 1)
      throw new HeadendError(
        'MP4_DESCRIPTION_CHANGE',
        `${where}: expected a key frame where the sample description changes, got none at sample ${from + 1}; encode it anew`,
      )
    found.push({ from, codec })
  }
  return found
}

const fourccOf = ({ sampleEntry }: Codec): string =>
  Buffer.from(sampleEntry.subarray(4, 8)).toString('latin1')

function readCodec(trak: Trak, description: number): Codec {
  // If there is only one entry, any number refers to it.
  const entry = trak.entries.length === 1 ? trak.entries[0] : trak.entries[description - 1]
  if (!entry)
    throw new HeadendError(
      'MP4_ENTRY_MISSING',
      `track ${trak.header.trackId}: expected sample entry ${description}, got ${trak.entries.length} of them`,
    )
  const reader = codecs.get(entry.type)
  if (!reader) throw unsupported(trak, entry)
  const codec = reader(entry)
  // An index without a data reference points nowhere else.
  if (trak.inThisFile[codec.dataReference - 1] === false)
    throw new HeadendError(
      'MP4_MEDIA_ELSEWHERE',
      `track ${trak.header.trackId}: expected its media in this file, got a reference to another; export it self-contained`,
    )
  return codec
}

function unsupported(trak: Trak, entry: Box): HeadendError {
  const where = `track ${trak.header.trackId}`
  if (encrypted.has(entry.type))
    return new HeadendError(
      'MP4_TRACK_ENCRYPTED',
      `${where}: expected clear media, got ${entry.type}; upload it clear`,
    )
  const [kind, known, advice] =
    trak.handler === 'vide'
      ? (['pictures', videoCodecs, 'encode them as H.264 or HEVC'] as const)
      : (['sound', audioCodecs, 'convert it to AAC'] as const)
  return new HeadendError(
    'MP4_CODEC_UNSUPPORTED',
    `${where}: expected ${kind} in one of ${[...known.keys()].join(', ')}, got ${entry.type} at ${entry.at}; ${advice}`,
  )
}
