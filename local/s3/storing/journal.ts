/**
 * An append-only file of changes. A change is applied to memory only after it is on disk, in the order of the
 * file, so what anybody reads is never lost; writers that come together share one sync (group commit).
 */
import { createReadStream, existsSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { LocalError } from '../../errors.ts'

export interface JournalOptions<Change> {
  readonly path: string
  /** Called for every change on disk, at open and after each commit. Must not fail. */
  readonly apply: (change: Change) => void
  /** The changes that make up the present state; the file is rewritten with them when it has grown too long. */
  readonly snapshot: () => Iterable<Change>
  /** Runs before a batch is written: makes durable what its changes refer to. */
  readonly beforeCommit: () => Promise<void>
  /** Rewrites once the file holds this many changes and four times those of the last snapshot. */
  readonly compactAfter?: number
}

interface Waiting<Change> {
  readonly changes: readonly Change[]
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** Replays the file at `path` (none is an empty state) through `apply`, and opens it for more. */
export async function openJournal<Change>(options: JournalOptions<Change>): Promise<Journal<Change>> {
  const { changes, endBytes } = await replay(options)
  const file = await open(options.path, 'a')
  // The torn end of an unacknowledged write.
  await file.truncate(endBytes)
  await file.sync()
  await syncFolder(options.path)
  return new Journal(options, file, { changes, endBytes })
}

export class Journal<Change> {
  readonly #options: JournalOptions<Change>
  #file: FileHandle
  #endBytes: number
  #changes: number
  #compactAt: number
  #waiting: Waiting<Change>[] = []
  #working: Promise<void> | undefined
  #broken: unknown

  constructor(options: JournalOptions<Change>, file: FileHandle, at: { changes: number; endBytes: number }) {
    this.#options = options
    this.#file = file
    this.#endBytes = at.endBytes
    this.#changes = at.changes
    this.#compactAt = options.compactAfter ?? 20_000
  }

  /** Resolves when all the changes are on disk and applied; they are there all together or not at all. */
  append(changes: readonly Change[]): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, resolve, reject })
      this.#working ??= this.#work()
    })
  }

  async close(): Promise<void> {
    await this.#working
    this.#broken ??= new LocalError('JOURNAL_CLOSED', `${this.#options.path} is closed`)
    await this.#file.close()
  }

  async #work() {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await this.#commit(batch.flatMap(({ changes }) => changes))
      } catch (error) {
        for (const { reject } of batch) reject(error)
        continue
      }
      for (const { resolve } of batch) resolve()
      if (this.#changes > this.#compactAt) await this.#compact()
    }
    // In the same tick as the last look at the queue: one tick later somebody may wait for a worker that is gone.
    this.#working = undefined
  }

  async #commit(changes: readonly Change[]) {
    if (this.#broken !== undefined) throw this.#broken
    await this.#options.beforeCommit()
    const line = encode(changes)
    try {
      await this.#file.appendFile(line)
      await this.#file.datasync()
    } catch (error) {
      // Nobody may read half of it at the next start; if even that fails, nothing more may be written behind it.
      await this.#file.truncate(this.#endBytes).catch(() => {
        this.#broken = error
      })
      throw error
    }
    this.#endBytes += line.length
    this.#changes += changes.length
    for (const change of changes) this.#options.apply(change)
  }

  /** Between two batches memory is what the file says, so the snapshot can stand in for it. */
  async #compact() {
    const { path, compactAfter = 20_000 } = this.#options
    const next = await open(`${path}.next`, 'w')
    let at: { changes: number; endBytes: number }
    try {
      at = await this.#writeSnapshot(next)
      await rename(`${path}.next`, path)
    } catch {
      // The old file is still whole: go on with it, and try again when it has doubled.
      await next.close()
      this.#compactAt *= 2
      return
    }
    await this.#file.close()
    this.#file = next
    this.#endBytes = at.endBytes
    this.#changes = at.changes
    this.#compactAt = Math.max(compactAfter, at.changes * 4)
    await syncFolder(path).catch((error: unknown) => {
      this.#broken = error
    })
  }

  async #writeSnapshot(file: FileHandle) {
    let endBytes = 0
    let changes = 0
    let pending: Change[] = []
    const flush = async () => {
      const line = encode(pending)
      await file.appendFile(line)
      endBytes += line.length
      changes += pending.length
      pending = []
    }
    for (const change of this.#options.snapshot()) {
      pending.push(change)
      if (pending.length === 1000) await flush()
    }
    await flush()
    await file.sync()
    return { endBytes, changes }
  }
}

/** One line a batch: eight hex digits of CRC-32, a space, JSON. */
function encode(changes: readonly unknown[]): Buffer {
  const json = JSON.stringify(changes)
  return Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} ${json}\n`)
}

async function replay<Change>({ path, apply }: JournalOptions<Change>) {
  let changes = 0
  let endBytes = 0
  let torn = false
  for await (const line of lines(path)) {
    if (torn)
      throw new LocalError(
        'JOURNAL_CORRUPT',
        `${path}: broken line at byte ${endBytes}, whole lines behind it`,
      )
    const json = line.subarray(9)
    if (Number.parseInt(line.toString('latin1', 0, 8), 16) !== crc32(json)) {
      torn = true
      continue
    }
    // The check proves that this is what `encode` wrote.
    const batch = JSON.parse(json.toString()) as Change[]
    for (const change of batch) apply(change)
    changes += batch.length
    endBytes += line.length + 1
  }
  return { changes, endBytes }
}

/** The lines that have an end; not `node:readline`, which also splits at U+2028. */
async function* lines(path: string): AsyncGenerator<Buffer> {
  if (!existsSync(path)) return
  let rest: Buffer[] = []
  const chunks: AsyncIterable<Buffer> = createReadStream(path)
  for await (const chunk of chunks) {
    let from = 0
    for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
      yield rest.length > 0 ? Buffer.concat([...rest, chunk.subarray(from, to)]) : chunk.subarray(from, to)
      rest = []
      from = to + 1
    }
    if (from < chunk.length) rest.push(chunk.subarray(from))
  }
}

async function syncFolder(path: string) {
  await using folder = await open(dirname(path))
  await folder.sync()
}
