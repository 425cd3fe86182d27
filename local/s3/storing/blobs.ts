/**
 * Files of bytes with random names, written once. A blob counts only once the journal names it: what a crash
 * left half written is removed at the next start, so no rename is needed.
 */
import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LocalError } from '../../errors.ts'

const readBytes = 256 * 1024

/** A piece of a blob to read. */
export interface Extent {
  readonly blob: string
  readonly offsetBytes: number
  readonly sizeBytes: number
}

/** Opens the folder and removes every blob that is not `referenced`. */
export async function openBlobs(dir: string, referenced: ReadonlySet<string>): Promise<Blobs> {
  await mkdir(dir, { recursive: true })
  for (const name of await readdir(dir)) if (!referenced.has(name)) await rm(join(dir, name), { force: true })
  return new Blobs(dir, await open(dir))
}

export class Blobs {
  readonly #dir: string
  readonly #folder: FileHandle
  /** Readers of a blob, and whether it was removed meanwhile. */
  readonly #readers = new Map<string, { count: number; removed: boolean }>()
  #namesUnsynced = false

  constructor(dir: string, folder: FileHandle) {
    this.#dir = dir
    this.#folder = folder
  }

  /** Writes what `chunks` gives, a chunk at a time, to a new blob that is on disk when this resolves. */
  async write(chunks: AsyncIterable<Uint8Array>): Promise<{ blob: string; sizeBytes: number }> {
    const blob = randomBytes(16).toString('hex')
    const file = await open(join(this.#dir, blob), 'wx')
    let sizeBytes = 0
    try {
      for await (const chunk of chunks) {
        for (let done = 0; done < chunk.length; ) {
          const { bytesWritten } = await file.write(chunk, done, chunk.length - done)
          done += bytesWritten
        }
        sizeBytes += chunk.length
      }
      await file.datasync()
    } catch (error) {
      await file.close()
      await this.remove([blob])
      throw error
    }
    await file.close()
    this.#namesUnsynced = true
    return { blob, sizeBytes }
  }

  /** Makes the names of all written blobs durable; one call serves every blob before it. */
  async syncNames(): Promise<void> {
    if (!this.#namesUnsynced) return
    this.#namesUnsynced = false
    await this.#folder.sync()
  }

  /**
   * The bytes of the extents, one after the other, one buffer at a time. The blobs stay readable until the
   * reader ends, even if removed, because an overwritten object must not break a download under way: call it
   * in the same tick in which the extents were looked up, and end the reader (`return`) if it is not read.
   */
  read(extents: readonly Extent[]): AsyncGenerator<Buffer, void, undefined> {
    for (const { blob } of extents) this.#hold(blob)
    const chunks = this.#chunks(extents)
    let held = true
    const release = async () => {
      if (!held) return
      held = false
      for (const { blob } of extents) await this.#release(blob)
    }
    // A generator that was never started runs no `finally`: the release is outside it.
    const reader: AsyncGenerator<Buffer, void, undefined> = {
      next: async () => {
        try {
          const step = await chunks.next()
          if (step.done) await release()
          return step
        } catch (error) {
          await release()
          throw error
        }
      },
      return: async () => {
        await chunks.return()
        await release()
        return { done: true, value: undefined }
      },
      throw: async (error: unknown) => {
        await release()
        return chunks.throw(error)
      },
      [Symbol.asyncIterator]: () => reader,
      [Symbol.asyncDispose]: async () => {
        await reader.return()
      },
    }
    return reader
  }

  /** Removes blobs that the journal names no more. */
  async remove(blobs: readonly string[]): Promise<void> {
    for (const blob of blobs) {
      const readers = this.#readers.get(blob)
      if (readers) readers.removed = true
      else await rm(join(this.#dir, blob), { force: true })
    }
  }

  async close(): Promise<void> {
    await this.#folder.close()
  }

  #hold(blob: string) {
    const readers = this.#readers.get(blob)
    if (readers) readers.count++
    else this.#readers.set(blob, { count: 1, removed: false })
  }

  async #release(blob: string) {
    const readers = this.#readers.get(blob)
    if (!readers || --readers.count > 0) return
    this.#readers.delete(blob)
    if (readers.removed) await this.remove([blob])
  }

  async *#chunks(extents: readonly Extent[]): AsyncGenerator<Buffer, void, undefined> {
    for (const { blob, offsetBytes, sizeBytes } of extents) {
      if (sizeBytes === 0) continue
      await using file = await open(join(this.#dir, blob))
      for (let done = 0; done < sizeBytes; ) {
        // A fresh buffer each time: the socket may still hold the last one.
        const buffer = Buffer.allocUnsafe(Math.min(readBytes, sizeBytes - done))
        const { bytesRead } = await file.read(buffer, 0, buffer.length, offsetBytes + done)
        if (bytesRead === 0)
          throw new LocalError(
            'BLOB_SHORT',
            `blob ${blob} ends at ${offsetBytes + done}, expected ${sizeBytes} bytes from ${offsetBytes}`,
          )
        done += bytesRead
        yield buffer.subarray(0, bytesRead)
      }
    }
  }
}
