/**
 * A body that arrives once. Kept, it is read by many, each of whom gets every byte from the first one on as it
 * arrives, and it comes at the speed of its source. Not kept, it has one reader and comes at that one's pace.
 */

interface Piece {
  readonly bytes: Uint8Array
  next: Piece | undefined
}

/** Bytes a body that is not kept may run ahead of its fastest reader. */
const windowBytes = 1024 * 1024

export class Spool {
  /** An empty piece before the first; dropped when no reader may come any more. */
  #head: Piece | undefined = { bytes: new Uint8Array(0), next: undefined }
  #tail: Piece | undefined = this.#head
  #bytes = 0
  #state: 'open' | 'complete' | 'failed' = 'open'
  #error: unknown
  #waiting: (() => void)[] = []
  #keep: boolean
  readonly #readers = new Set<{ position: number }>()

  constructor({ kept }: { readonly kept: boolean }) {
    this.#keep = kept
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytes
  }

  get complete(): boolean {
    return this.#state === 'complete'
  }

  /** Any number of readers may still come. */
  get kept(): boolean {
    return this.#keep && this.#head !== undefined
  }

  /** Nobody reads, and nobody will. */
  get abandoned(): boolean {
    return this.#head === undefined && this.#readers.size === 0
  }

  append(bytes: Uint8Array): void {
    const piece: Piece = { bytes, next: undefined }
    if (this.#tail !== undefined) this.#tail.next = piece
    this.#tail = piece
    this.#bytes += bytes.length
    this.#wake()
  }

  finish(): void {
    if (this.#state === 'open') this.#state = 'complete'
    this.#wake()
  }

  fail(error: unknown): void {
    if (this.#state !== 'open') return
    this.#state = 'failed'
    this.#error = error
    this.#wake()
  }

  /** From now on it is not kept; readers that are there go on. */
  unkeep(): void {
    this.#keep = false
    if (this.#readers.size > 0) this.#head = undefined
    this.#wake()
  }

  /** This asker will not read. */
  discard(): void {
    if (!this.#keep) this.#head = undefined
    this.#wake()
  }

  /** Resolves when the source may bring more. */
  async room(): Promise<void> {
    while (!this.#keep && !this.abandoned) {
      const fastest = Math.max(0, ...[...this.#readers].map(({ position }) => position))
      if (this.#bytes - fastest < windowBytes) return
      await this.#change()
    }
  }

  /** Resolves when the last byte is there, rejects when it never will be. */
  async done(): Promise<void> {
    while (this.#state === 'open') await this.#change()
    if (this.#state === 'failed') throw this.#error
  }

  /** Bytes `from` to `to` (exclusive). The place is taken at the call, not at the first read. */
  read(from = 0, to = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array, void, undefined> {
    const head = this.#head
    if (head === undefined) throw new Error('spool: its beginning is gone')
    const reader = { position: 0 }
    this.#readers.add(reader)
    if (!this.#keep) this.#head = undefined
    return this.#pieces(head, reader, { from, to })
  }

  async *#pieces(
    head: Piece,
    reader: { position: number },
    { from, to }: { readonly from: number; readonly to: number },
  ): AsyncGenerator<Uint8Array, void, undefined> {
    let piece = head
    try {
      while (reader.position < to) {
        while (piece.next === undefined) {
          if (this.#state === 'complete') return
          if (this.#state === 'failed') throw this.#error
          await this.#change()
        }
        piece = piece.next
        const start = Math.max(0, from - reader.position)
        const end = Math.min(piece.bytes.length, to - reader.position)
        reader.position += piece.bytes.length
        this.#wakeSource()
        if (start < end) yield piece.bytes.subarray(start, end)
      }
    } finally {
      this.#readers.delete(reader)
      this.#wakeSource()
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** A kept body never waits for its readers. */
  #wakeSource(): void {
    if (!this.#keep) this.#wake()
  }
}
