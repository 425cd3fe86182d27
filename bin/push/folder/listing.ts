/** The files of a folder as they are now, and what its playlists name. */
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { CommandError } from '../../errors.ts'
import { type Contents, contentsOf } from '../contents.ts'
import { isTemporary, type SeenFile } from './finished.ts'
import { namedBy } from './named.ts'

/** What was seen in one look. */
export interface Listing {
  readonly files: readonly SeenFile[]
  readonly named: ReadonlySet<string>
  /** Files that grow for ever, of which playlists name parts. */
  readonly growing: ReadonlySet<string>
}

/** Two days of segments of 2 s in two streams; a folder with more is another one than was meant. */
const maxFiles = 200_000
/** A playlist of two days. */
const maxPlaylistBytes = 16 * 2 ** 20

/** Looks at a folder and those below it; throws PUSH_FOLDER where there is none. */
export async function listingOf(folder: string): Promise<Listing> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((cause: Error) => {
    throw new CommandError('PUSH_FOLDER', `${folder}: expected a folder to read, got ${cause.message}`, {
      cause,
    })
  })
  if (entries.length > maxFiles)
    throw new CommandError(
      'PUSH_FOLDER',
      `${folder}: expected at most ${maxFiles} files, got ${entries.length}; have the encoder write into a folder of its own, and take old segments away`,
    )
  const files: SeenFile[] = []
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    // Encoders take away what is behind their window: a file that is gone is no fault.
    const facts = await stat(file).catch(() => undefined)
    const path = relative(folder, file).split(sep).join('/')
    if (facts) files.push({ path, bytes: facts.size, mtimeMs: facts.mtimeMs, inode: facts.ino })
  }
  const playlists = files.filter(
    ({ path, bytes }) => /\.m3u8$/i.test(path) && !isTemporary(path) && bytes <= maxPlaylistBytes,
  )
  const read = await Promise.all(
    playlists.map(async ({ path }) =>
      namedBy(path, await readFile(join(folder, path), 'utf8').catch(() => '')),
    ),
  )
  return {
    files,
    named: new Set(read.flatMap(({ paths }) => paths)),
    growing: new Set(read.flatMap(({ growing }) => growing)),
  }
}

/** What a file is; `other` if it is gone. */
export async function lookInto(folder: string, { path, bytes }: SeenFile): Promise<Contents> {
  try {
    await using file = await open(join(folder, path))
    // Awaited here: the file closes as this function ends.
    return await contentsOf(async (offset, length) => {
      const buffer = Buffer.alloc(length)
      const { bytesRead } = await file.read(buffer, 0, length, offset)
      return buffer.subarray(0, bytesRead)
    }, bytes)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'other'
    throw error
  }
}

/** The bytes of a file as it was seen; undefined if it is gone, or another one by now. */
export async function bytesOf(folder: string, seen: SeenFile): Promise<Uint8Array | undefined> {
  try {
    await using file = await open(join(folder, seen.path))
    const bytes = await file.readFile()
    const { size, mtimeMs } = await file.stat()
    return size === seen.bytes && mtimeMs === seen.mtimeMs && bytes.length === size ? bytes : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
