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
import type { IndexOrder, SourceFile } from './index-order.ts'
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
  progress,
}: Pick<IndexOrder, 'files' | 'captions' | 'progress'>): Promise<FoundTracks> {
  const found: TrackInFile[] = []
  const texts: TextInFile[] = []
  const skipped: SkippedTrack[] = []
  const kinds = new Set<SourceTrack['type']>()
  const budget = new SampleBudget()
  for (const [i, file] of files.entries()) {
    const film = await tracksOfFile(file, budget)
    skipped.push(...film.skipped)
    for (const kind of film.kinds) kinds.add(kind)
    const { kept, others } = oneCamera(film.tracks, {
      file: file.source.name,
      ...(file.renditions && { renditions: true }),
    })
    skipped.push(...others)
    for (const track of kept)
      found.push({
        file,
        track: { ...(await withMessages(track, film, file)), ...(captions && { captions }) },
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

/** Adds the file's name to an error, and default advice if it has none. */
async function tracksOfFile(
  { source }: SourceFile,
  budget: SampleBudget,
): Promise<FileTracks & { readonly texts: readonly TextTrack[] }> {
  try {
    const moov = await findMoov(source)
    const movie = readMoov(moov)
    budget.takeTracks(movie.traks.length)
    const from = moov.at + moov.raw.length
    const fragments = await readFragmentTables(source, movie, { from, budget })
    const file = { name: source.name, size: source.size, fragments, budget }
    const film = readSourceFile(movie, file)
    const { tracks: texts, skipped } = readTextTracks(movie, file)
    return { ...film, texts, skipped: [...film.skipped, ...skipped] }
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    const advice = error.message.includes(';') ? '' : `; ${assetAdvice(error.code)}`
    const where = error.message.startsWith(source.name) ? '' : `${source.name}: `
    throw new HeadendError(...retold(error, `${where}${error.message}${advice}`))
  }
}
