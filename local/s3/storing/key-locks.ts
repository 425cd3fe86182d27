/** One writer at a time for each name; others wait in the order they came. */
export class KeyLocks {
  readonly #tails = new Map<string, Promise<void>>()

  /** Runs `work` when nobody else holds `name`. Two locks nest only as upload, then object. */
  async hold<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(name)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#tails.set(name, promise)
    await before
    try {
      return await work()
    } finally {
      if (this.#tails.get(name) === promise) this.#tails.delete(name)
      resolve()
    }
  }
}
