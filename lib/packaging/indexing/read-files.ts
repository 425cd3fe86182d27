/** Reads the metadata of an asset's files: their deliverable tracks and texts. */
import type { SkippedTrack } from '../../assets/index.ts'
import { HeadendError, retold } from '../../errors.ts'
import { readMoov } from '../../formats/isobmff/index.ts'
import type { PictureKind } from '../../formats/picture-kind.ts'
import { assetAdvice } from '../assets/advice.ts'
import { findMoov } from '../reading/find-moov.ts'
import { readFragmentTables } from '../reading/fragment-tables.ts'
import { kindOf, withKeyFrames } from '../reading/key-frames.ts'
import { oneCamera } from '../reading/one-camera.ts'
import { SampleBudget } from '../reading/sample-budget.ts'
import { messageBytes, probeSei } from '../reading/sei-probe.ts'
import { type FileTracks, readSourceFile, type SourceTrack } from '../reading/source-track.ts'
import type { TextInFile } from '../text/index-texts.ts'
import { readTextTracks, type TextTrack } from '../text/track.ts'
import { isTransport, readTransport } from '../transport/read-transport.ts'
import type { IndexOrder, KeptSamples, SourceFile } from './index-order.ts'
import type { TrackInFile } from './left-out.ts'

/** The tracks found in all files, in file order. */
export interface FoundTracks {
  readonly found: readonly TrackInFile[]
  readonly texts: readonly TextInFile[]
  readonly skipped: readonly SkippedTrack[]
  /** Track types in the files, deliverable or not. */
  readonly kinds: ReadonlySet<SourceTrack['type']>
}

/** Reports progress as a share of the files. Throws the error of an unreadable file, with its name and advice. */
export async function readFiles({
  files,
  captions,
  keep,
  progress,
}: Pick<IndexOrder, 'files' | 'captions' | 'keep' | 'progress'>): Promise<FoundTracks> {
  const found: TrackInFile[] = []
  const texts: TextInFile[] = []
  const skipped: SkippedTrack[] = []
  const kinds = new Set<SourceTrack['type']>()
  const budget = new SampleBudget()
  for (const [i, file] of files.entries()) {
    const { file: place, ...film } = await tracksOfFile(file, {
      budget,
      ...(keep && { keep: (chunks) => keep(`samples-${i}.bin`, chunks) }),
      progress: async (share) => progress?.((i + share) / files.length),
    })
    skipped.push(...film.skipped)
    for (const kind of film.kinds) kinds.add(kind)
    const { kept, others } = oneCamera(film.tracks, {
      file: file.source.name,
      ...(file.renditions && { renditions: true }),
    })
    skipped.push(...others)
    for (const track of kept)
      found.push({
        file: place,
        track: { ...(await withMessages(track, film, place)), ...(captions && { captions }) },
      })
    // The language stated for a film is that of its audio; its text tracks carry their own.
    const of = film.tracks.length > 0 ? { source: file.source } : file
    for (const track of film.texts) texts.push({ file: of, track })
    await progress?.((i + 1) / files.length)
  }
  return { found, texts, skipped, kinds }
}

/** Adds what only the bitstream (SEI, key frames) tells of video, within the bytes allowed beyond the boxes. */
async function withMessages(
  track: SourceTrack,
  { tracks }: FileTracks,
  { source }: SourceFile,
): Promise<SourceTrack> {
  if (track.type !== 'video') return track
  const pictures = tracks.filter(({ type }) => type === 'video').length
  const kinds = new Map<number, PictureKind>()
  const messages = await probeSei(source, track, {
    spareBytes: messageBytes / pictures,
    seen: (index, start) => {
      const kind = kindOf(track, index, start)
      if (kind) kinds.set(index, kind)
    },
  })
  return { ...(await withKeyFrames(source, track, kinds)), ...messages }
}

/** What reading of a file is given. */
interface FileReading {
  readonly budget: SampleBudget
  readonly keep?: (chunks: AsyncIterable<Uint8Array>) => Promise<KeptSamples>
  readonly progress: (share: number) => Promise<void>
}

/** The tracks of a file, and the file their samples are in. */
interface FilmInFile extends FileTracks {
  readonly texts: readonly TextTrack[]
  readonly file: SourceFile
}

/** Adds the file's name to an error, and default advice if it has none. */
async function tracksOfFile(file: SourceFile, reading: FileReading): Promise<FilmInFile> {
  const { source } = file
  try {
    return await mp4Tracks(file, reading).catch((error: unknown) => transportTracks(file, reading, error))
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    const advice = error.message.includes(';') ? '' : `; ${assetAdvice(error.code)}`
    const where = error.message.startsWith(source.name) ? '' : `${source.name}: `
    throw new HeadendError(...retold(error, `${where}${error.message}${advice}`))
  }
}

async function mp4Tracks(file: SourceFile, { budget }: FileReading): Promise<FilmInFile> {
  const { source } = file
  const moov = await findMoov(source)
  const movie = readMoov(moov)
  budget.takeTracks(movie.traks.length)
  const from = moov.at + moov.raw.length
  const fragments = await readFragmentTables(source, movie, { from, budget })
  const within = { name: source.name, size: source.size, fragments, budget }
  const film = readSourceFile(movie, within)
  const { tracks: texts, skipped } = readTextTracks(movie, within)
  return { ...film, texts, skipped: [...film.skipped, ...skipped], file }
}

/** Only of a file that is no MP4 its first bytes are read once more; `refusal` is thrown if it is none of these, either. */
async function transportTracks(
  file: SourceFile,
  { budget, keep, progress }: FileReading,
  refusal: unknown,
): Promise<FilmInFile> {
  const { source } = file
  const isForeign = refusal instanceof HeadendError && refusal.code === 'MP4_NOT_MP4'
  if (!keep || !isForeign || !(await isTransport(source))) throw refusal
  let kept: KeptSamples | undefined
  const film = await readTransport(source, {
    keep: async (chunks) => {
      kept = await keep(chunks)
      return kept.source
    },
    budget,
    progress,
  })
  return { ...film, texts: [], file: { ...file, ...kept } }
}
