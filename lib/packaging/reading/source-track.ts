/** One track of an upload, read and found deliverable. */
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

/** What is needed to cut, index and describe it; nothing here holds on to the moov. */
export interface SourceTrack {
  /** Of the file's own `tkhd`. */
  readonly trackId: number
  readonly type: 'video' | 'audio'
  /** Of its first samples. */
  readonly codec: Codec
  /** What decoders are told, and the sample it holds from; the first one is `codec`. */
  readonly descriptions: readonly SampleDescription[]
  readonly timescale: number
  readonly language?: string
  /** What people call it. */
  readonly name?: string
  /** Players show or play it by themselves. */
  readonly enabled: boolean
  /** Of `tkhd`; 0 where it is no alternative of another. */
  readonly alternateGroup: number
  /** As the file's `mdhd` and `elng` have it. */
  readonly mdhdLanguage?: string
  readonly languageTag?: string
  readonly width: number
  readonly height: number
  readonly matrix: readonly number[]
  readonly samples: SampleTable
  /** With the times the file has, where those of hidden pictures are others. */
  readonly stored?: SampleTable
  /** What is wrong with it, and what is done about it. */
  readonly repairs: readonly Repair[]
  /** Caption services in its pictures. */
  readonly captions?: readonly CaptionService[]
  /** Transfer characteristics its pictures say are meant, whatever their configuration says. */
  readonly preferredTransfer?: number
  /** Its samples, or some, lie in movie fragments. */
  readonly fragmented?: true
  /** Where its recording broke off. */
  readonly brokenEnd?: BrokenEnd
  readonly edit: EditWindow
}

/** Samples from `from` on, until the next one, are described by `codec`. */
export interface SampleDescription {
  readonly from: number
  readonly codec: Codec
}

/** What a file holds, by track. */
export interface FileTracks {
  readonly tracks: readonly SourceTrack[]
  /** What players would show or play of it, whether it can be delivered or not. */
  readonly kinds: ReadonlySet<SourceTrack['type']>
  readonly skipped: readonly SkippedTrack[]
}

/** A file that was cut off plays nowhere whole: it fails, whichever track shows it. */
const fatal: ReadonlySet<ErrorCode> = new Set(['MP4_TRUNCATED'])

/** Handlers of tracks of text, which `text-track.ts` reads. */
export const textHandlers: ReadonlySet<string> = new Set(['text', 'sbtl', 'subt'])

/** Reads all pictures and sound of a movie; one that is broken or of no use is skipped with its reason. */
export function readSourceFile(
  movie: Movie,
  file: {
    readonly name: string
    readonly size: number
    /** What its movie fragments hold, by track. */
    readonly fragments?: ReadonlyMap<number, FragmentTable>
    /** What the asset's tracks may still take. */
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

/** Reasons by which nobody shows anything of a track. */
const nothingThere: ReadonlySet<ErrorCode> = new Set(['MP4_TRACK_EMPTY', 'MP4_EDIT_EMPTY'])
/** Each picture for itself: covers, pictures of chapters, and the films of some cameras. */
const stills = new Set(['jpeg', 'png ', 'mjpa', 'mjpb'])
/** Of ISO (ISO/IEC 14496-12 8.12) and of iTunes. */
const encrypted = new Set(['encv', 'enca', 'drmi', 'drms'])

/** What players would show or play of a track, whoever can read its codec; undefined where nothing says what it is. */
function kindOf(handler: string | undefined, entry: string | undefined): SourceTrack['type'] | undefined {
  if (entry === undefined) return undefined
  if (handler === 'vide') return 'video'
  return handler === 'soun' ? 'audio' : undefined
}

/** A cover is one picture, and pictures of chapters are named as such: more of them are the film itself. */
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
  // Before the tables, which cost memory.
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

/** Every frame of sound can be decoded by itself, whatever a table or a fragment says. */
function withoutSync(samples: SampleTable): SampleTable {
  const { sync, ...others } = samples
  return sync ? others : samples
}

/** What several entries say alike is one description; a decoder can be told another one only where it can start. */
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
  // Where there is one, any number means that one.
  const entry = trak.entries.length === 1 ? trak.entries[0] : trak.entries[description - 1]
  if (!entry)
    throw new HeadendError(
      'MP4_ENTRY_MISSING',
      `track ${trak.header.trackId}: expected sample entry ${description}, got ${trak.entries.length} of them`,
    )
  const reader = codecs.get(entry.type)
  if (!reader) throw unsupported(trak, entry)
  const codec = reader(entry)
  // An index that names no reference leads nowhere else.
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
