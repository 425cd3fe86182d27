/**
 * The body of a streamed response as it leaves Lambda: full speed for its first 6 MB, then 2 MB/s, never
 * more than 200 MB. A chunk is reported taken when it has left, which is what slows the function down.
 */
import { Readable } from 'node:stream'

export interface Pace {
  readonly burstBytes: number
  readonly bytesPerSecond: number
  readonly maximumBytes: number
}

interface Queued {
  readonly bytes: Uint8Array
  readonly taken: () => void
}

export class PacedBody extends Readable {
  readonly #pace: Pace
  readonly #queue: Queued[] = []
  #receivedBytes = 0
  #sentBytes = 0
  #freeAtMs = 0
  #wanted = false
  #ended = false
  #timer: NodeJS.Timeout | undefined
  #discarding = false

  constructor(pace: Pace) {
    super({ highWaterMark: 256 * 1024 })
    this.#pace = pace
  }

  /** A chunk from the function; false when the response became too large and was broken off. */
  receive(bytes: Uint8Array, taken: () => void): boolean {
    this.#receivedBytes += bytes.length
    if (this.#receivedBytes > this.#pace.maximumBytes) {
      this.destroy(new Error(`streamed response exceeded ${this.#pace.maximumBytes} bytes`))
      return false
    }
    // A reader that went away does not stop the function: it writes into the void, as in Lambda.
    if (this.#discarding) taken()
    else {
      this.#queue.push({ bytes, taken })
      this.#move()
    }
    return true
  }

  /** No more chunks come. */
  finish(): void {
    this.#ended = true
    this.#move()
  }

  override _read(): void {
    this.#wanted = true
    this.#move()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#discarding = true
    clearTimeout(this.#timer)
    for (const { taken } of this.#queue.splice(0)) taken()
    done(error)
  }

  #move(): void {
    while (this.#wanted && this.#timer === undefined) {
      const next = this.#queue[0]
      if (next === undefined) {
        if (this.#ended && !this.destroyed) this.push(null)
        return
      }
      const waitMs = this.#waitMs()
      if (waitMs > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined
          this.#move()
        }, waitMs)
        return
      }
      this.#queue.shift()
      this.#charge(next.bytes.length)
      this.#wanted = this.push(next.bytes)
      next.taken()
    }
  }

  /** Time until the next chunk may leave. */
  #waitMs(): number {
    return this.#sentBytes < this.#pace.burstBytes ? 0 : this.#freeAtMs - performance.now()
  }

  #charge(bytes: number): void {
    this.#sentBytes += bytes
    const over = Math.min(bytes, this.#sentBytes - this.#pace.burstBytes)
    if (over <= 0) return
    const costMs = (over / this.#pace.bytesPerSecond) * 1000
    this.#freeAtMs = Math.max(this.#freeAtMs, performance.now()) + costMs
  }
}
