/** What a warm function keeps between requests, within a bound. */

/** Keeps what was loaded last, by weight; two who ask for the same thing at once share one load. */
export class BoundedCache<Value> {
  readonly #kept = new Map<string, { readonly value: Promise<Value>; weight: number }>()
  readonly #most: number
  #weight = 0

  constructor(mostWeight: number) {
    this.#most = mostWeight
  }

  /** The value of `key`; `load` gives it with its weight where it isn't kept. A failed load is forgotten. */
  async get(
    key: string,
    load: () => Promise<{ readonly value: Value; readonly weight: number }>,
  ): Promise<Value> {
    const known = this.#kept.get(key)
    if (known) {
      // Moved to the end: the first one is the one that was not asked for longest.
      this.#kept.delete(key)
      this.#kept.set(key, known)
      return known.value
    }
    const loading = load()
    const entry = { value: loading.then(({ value }) => value), weight: 0 }
    this.#kept.set(key, entry)
    // Nobody else may be waiting for it when it fails.
    entry.value.catch(() => undefined)
    try {
      const { weight } = await loading
      if (this.#kept.get(key) === entry) this.#add(entry, weight)
    } catch (error) {
      if (this.#kept.get(key) === entry) this.#kept.delete(key)
      throw error
    }
    return entry.value
  }

  forget(key: string): void {
    this.#weight -= this.#kept.get(key)?.weight ?? 0
    this.#kept.delete(key)
  }

  #add(entry: { weight: number }, weight: number): void {
    entry.weight = weight
    this.#weight += weight
    for (const [key, oldest] of this.#kept) {
      if (this.#weight <= this.#most) break
      if (oldest === entry) continue
      this.#weight -= oldest.weight
      this.#kept.delete(key)
    }
  }
}
