/** An append-only file of JSON lines that outlives `kill -9`: what `append` has promised is read back at the next start. */
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { LocalError } from './errors.ts'

/** A state kept as a journal. Replaying an entry twice must change nothing, for a compaction may repeat some. */
export interface JournalOptions<Entry> {
  readonly path: string
  /** @default 0o600 */
  readonly mode?: number
  readonly accepts: (value: unknown) => value is Entry
  readonly replay: (entry: Entry) => void
  /** The fewest entries that give the state as it is now. */
  readonly snapshot: () => Iterable<Entry>
  /** Appended bytes after which the file is written anew. @default 16 MiB */
  readonly compactAfterBytes?: number
}

export interface Journal<Entry> {
  /** Resolves when the entry is on disk; entries of one tick share one fsync. */
  append(entry: Entry): Promise<void>
  close(): Promise<void>
}

/** Replays what is there and opens it for more. A last line cut off by a crash was never promised: it is dropped. */
export async function openJournal<Entry>(options: JournalOptions<Entry>): Promise<Journal<Entry>> {
  const { path, mode = 0o600, compactAfterBytes = 16 * 1024 * 1024 } = options
  await mkdir(dirname(path), { recursive: true })
  await replayFile(options)

  let waiting: {
    readonly line: string
    readonly done: () => void
    readonly failed: (error: unknown) => void
  }[] = []
  let appendedBytes = 0
  let snapshotBytes = 0
  let file = await rewrite()
  let writing: Promise<void> | undefined
  let closed = false
  // After a failed write the file may end in half a line: nothing may follow it.
  let broken: unknown

  async function rewrite(): Promise<FileHandle> {
    const text = Array.from(options.snapshot(), (entry) => `${JSON.stringify(entry)}\n`).join('')
    const fresh = `${path}.new`
    await rm(fresh, { force: true })
    const handle = await open(fresh, 'a', mode)
    await handle.writeFile(text)
    await handle.sync()
    await rename(fresh, path)
    await syncDirectory(dirname(path))
    appendedBytes = 0
    snapshotBytes = text.length
    return handle
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        if (broken !== undefined) throw broken
        const text = group.map(({ line }) => line).join('')
        await file.appendFile(text)
        await file.datasync()
        appendedBytes += text.length
        for (const { done } of group) done()
        if (appendedBytes > Math.max(compactAfterBytes, snapshotBytes)) {
          const old = file
          file = await rewrite()
          await old.close()
        }
      } catch (error) {
        broken = error
        for (const { failed } of group) failed(error)
      }
    }
    writing = undefined
  }

  return {
    append(entry) {
      if (closed) return Promise.reject(new LocalError('JOURNAL_CLOSED', `${path}: append after close`))
      return new Promise((done, failed) => {
        waiting.push({ line: `${JSON.stringify(entry)}\n`, done, failed })
        // A microtask later, so that everything appended in this tick shares the fsync.
        writing ??= Promise.resolve().then(drain)
      })
    },
    async close() {
      closed = true
      await writing
      await file.close()
    },
  }
}

async function replayFile<Entry>({ path, accepts, replay }: JournalOptions<Entry>): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  const lines = text.split('\n')
  // Only a line with its newline was written whole.
  lines.pop()
  for (const [index, line] of lines.entries()) {
    const entry = parse(line)
    if (!accepts(entry)) {
      throw new LocalError(
        'JOURNAL_ENTRY_BROKEN',
        `${path}: line ${index + 1} of ${lines.length} is no entry of this journal; delete the file to start without it`,
      )
    }
    replay(entry)
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Makes a rename in the directory durable. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  await directory.sync()
  await directory.close()
}
