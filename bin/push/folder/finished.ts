/**
 * Which files of a folder an encoder has finished. It says so in one of four ways, and each of them may lie: so a file is
 * taken only if it was the same in two looks, and its boxes have to fill it besides (`contents.ts`).
 */
import { streamOf } from '../../../lib/channels/ingest/stream-name.ts'

/** A file as it was seen. */
export interface SeenFile {
  /** From the folder, with `/`. */
  readonly path: string
  readonly bytes: number
  readonly mtimeMs: number
  /** Stays the same when a file is renamed. */
  readonly inode: number
}

/**
 * `renamed` into place from a name for what is being written; `named` by a playlist; `followed` by a later file of its
 * stream; `still` for longer than an encoder pauses within a segment.
 */
export type Because = 'renamed' | 'named' | 'followed' | 'still'

/** Judges what is finished, from look to look. */
export interface Judge {
  /**
   * Media that was the same in the look before, and why it is finished; `nothing` says so of what is being written, and
   * of init segments, which say it themselves. `named` are paths that playlists name, `nowMs` is the wall clock.
   */
  look(
    files: readonly SeenFile[],
    named: ReadonlySet<string>,
    nowMs: number,
  ): ReadonlyMap<SeenFile, Because | 'nothing'>
}

/** Names of what is being written, which are never taken: FFmpeg's, rsync's and browsers'. */
export const isTemporary = (path: string): boolean =>
  /(?:^|\/)\.|\.(?:tmp|temp|part|partial|crdownload|filepart)$|~$/i.test(path)

/** What says something of media, and is none: read, or passed over, and never sent. */
export const isManifest = (path: string): boolean =>
  /\.(?:m3u8?|mpd|json|txt|xml|vtt|log|key|ism|ismc)$/i.test(path)

/** The same version of the same file. */
export const versionOf = ({ path, bytes, mtimeMs, inode }: SeenFile): string =>
  `${path} ${bytes} ${mtimeMs} ${inode}`

/** `stillMs`: how long a file must have been the same if nothing else says that it is finished. */
export function createJudge(stillMs: number): Judge {
  let before: ReadonlyMap<string, number> = new Map()
  const temporary = new Set<number>()
  return {
    look(files, named, nowMs) {
      const sinceMs = new Map(
        files.map((file) => {
          const version = versionOf(file)
          return [version, before.get(version) ?? nowMs] as const
        }),
      )
      const media = files.filter(({ path }) => !isTemporary(path) && !isManifest(path))
      const newest = newestOf(media)
      const seen = new Map<SeenFile, Because | 'nothing'>()
      for (const file of media) {
        const version = versionOf(file)
        if (file.bytes === 0 || !before.has(version)) continue
        const since = Math.min(sinceMs.get(version) ?? nowMs, file.mtimeMs)
        if (temporary.has(file.inode)) seen.set(file, 'renamed')
        else if (named.has(file.path)) seen.set(file, 'named')
        else if (isBehind(file, newest.get(streamOf(file.path)))) seen.set(file, 'followed')
        else seen.set(file, nowMs - since >= stillMs ? 'still' : 'nothing')
      }
      for (const { inode } of files.filter(({ path }) => isTemporary(path))) temporary.add(inode)
      const inodes = new Set(files.map(({ inode }) => inode))
      for (const inode of temporary) if (!inodes.has(inode)) temporary.delete(inode)
      before = sinceMs
      return seen
    },
  }
}

/** The last number in a name: FFmpeg's, Shaka Packager's and MediaLive's all count there. */
const numberOf = (path: string): number => Number(/(\d+)\D*$/.exec(path.replace(/\.\w+$/, ''))?.[1] ?? 0)

/** By when it was written, and where clocks of file systems are coarse, by number. */
export const inOrder = (a: SeenFile, b: SeenFile): number =>
  a.mtimeMs - b.mtimeMs || numberOf(a.path) - numberOf(b.path)

const isBehind = (file: SeenFile, newest: SeenFile | undefined): boolean =>
  newest !== undefined && newest !== file && inOrder(file, newest) < 0

/** The file that was written last, of each stream. Numbers may begin anew; a file that is written again is the last. */
function newestOf(files: readonly SeenFile[]): ReadonlyMap<string, SeenFile> {
  const newest = new Map<string, SeenFile>()
  for (const file of files) {
    const stream = streamOf(file.path)
    const other = newest.get(stream)
    if (!other || inOrder(other, file) < 0) newest.set(stream, file)
  }
  return newest
}
