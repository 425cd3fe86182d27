/**
 * Delivers events a journal holds, each until its target takes it, across restarts: at least once, in no
 * promised order, as S3 and EventBridge do.
 */

export interface OutboxOptions<Event> {
  /** Rejects to be called again. */
  readonly emit: (event: Event) => Promise<void>
  /** Records that an event needs no more delivery. */
  readonly delivered: (event: Event) => Promise<void>
  readonly firstRetryMs?: number
}

const maxInFlight = 32
const maxRetryMs = 30_000

export class Outbox<Event> {
  readonly #options: OutboxOptions<Event>
  readonly #queue: { readonly event: Event; readonly retryMs: number }[] = []
  readonly #retries = new Set<NodeJS.Timeout>()
  #inFlight = 0
  #closed = false

  constructor(options: OutboxOptions<Event>) {
    this.#options = options
  }

  offer(events: Iterable<Event>) {
    for (const event of events) this.#queue.push({ event, retryMs: this.#options.firstRetryMs ?? 100 })
    this.#next()
  }

  /** Starts no more deliveries; one under way that ends later counts as not delivered. */
  close() {
    this.#closed = true
    for (const timer of this.#retries) clearTimeout(timer)
  }

  #next() {
    while (!this.#closed && this.#inFlight < maxInFlight) {
      const entry = this.#queue.shift()
      if (!entry) return
      this.#inFlight++
      void this.#deliver(entry.event, entry.retryMs).finally(() => {
        this.#inFlight--
        this.#next()
      })
    }
  }

  async #deliver(event: Event, retryMs: number) {
    try {
      await this.#options.emit(event)
      if (!this.#closed) await this.#options.delivered(event)
    } catch {
      if (this.#closed) return
      const timer = setTimeout(() => {
        this.#retries.delete(timer)
        this.#queue.push({ event, retryMs: Math.min(retryMs * 2, maxRetryMs) })
        this.#next()
      }, retryMs)
      timer.unref()
      this.#retries.add(timer)
    }
  }
}
