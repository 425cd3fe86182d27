/**
 * Reads a list of assets page by page. Knows no page of a browser, so that tests run it as it is. An answer to a
 * query that was replaced meanwhile, or one that comes after a later one, changes nothing.
 */
import type { Asset, AssetPage } from '../../../lib/assets/api/schemas.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import { isSameQuery, type ListQuery } from './list-query.ts'

/** What is known of a list. */
export interface ListState {
  readonly query: ListQuery
  /** Undefined until a first answer came, to whichever query. */
  readonly assets: readonly Asset[] | undefined
  /** They answer the query before. */
  readonly isStale: boolean
  /** There is a page after the last one. */
  readonly hasMore: boolean
  /** How many were looked at, where a search did. */
  readonly looked: number
  /** False where more assets were changed than one answer looks at. */
  readonly isAll: boolean
  readonly error: ApiError | undefined
}

interface Read {
  readonly assets: readonly Asset[]
  readonly pages: number
  readonly next: string | undefined
  readonly looked: number
  readonly isAll: boolean
}

/** A list that is read again and again; `changed` is called whenever its state is another. */
export class ListReader {
  readonly #api: Pick<Api, 'assets'>
  readonly #changed: () => void
  #query: ListQuery
  #read: Read | undefined
  #answered: ListQuery | undefined
  #error: ApiError | undefined
  /** Grows with each query; what was asked before counts no more. */
  #epoch = 0
  #working = false

  constructor(api: Pick<Api, 'assets'>, query: ListQuery, changed: () => void) {
    this.#api = api
    this.#query = query
    this.#changed = changed
  }

  get state(): ListState {
    return {
      query: this.#query,
      assets: this.#read?.assets,
      isStale: this.#answered !== undefined && !isSameQuery(this.#answered, this.#query),
      hasMore: this.#read?.next !== undefined,
      looked: this.#read?.looked ?? 0,
      isAll: this.#read?.isAll ?? true,
      error: this.#error,
    }
  }

  /** Shows another query; what was shown stays until it is answered. */
  ask(query: ListQuery): Promise<void> {
    if (isSameQuery(query, this.#query)) return Promise.resolve()
    this.#query = query
    this.#epoch++
    this.#working = false
    this.#changed()
    return this.refresh()
  }

  /** Reads again what is shown, as many pages as there are; passed over while something is under way. */
  refresh(): Promise<void> {
    const pages = this.#isAnswered() ? (this.#read?.pages ?? 1) : 1
    return this.#work(async () => {
      let read: Read = none
      do read = joined(read, await this.#page(read.next))
      while (read.pages < pages && read.next !== undefined)
      return read
    })
  }

  /** Reads the page after the last one. */
  more(): Promise<void> {
    const before = this.#read
    if (before?.next === undefined || !this.#isAnswered()) return Promise.resolve()
    return this.#work(async () => joined(before, await this.#page(before.next)))
  }

  #page(next: string | undefined): Promise<AssetPage> {
    return this.#api.assets({ ...this.#query, ...(next !== undefined && { next }) })
  }

  #isAnswered(): boolean {
    return this.#answered !== undefined && isSameQuery(this.#answered, this.#query)
  }

  async #work(read: () => Promise<Read>): Promise<void> {
    if (this.#working) return
    this.#working = true
    const epoch = this.#epoch
    const query = this.#query
    try {
      const found = await read()
      if (epoch !== this.#epoch) return
      this.#read = found
      this.#answered = query
      this.#error = undefined
    } catch (failure) {
      if (epoch !== this.#epoch) return
      this.#error = asApiError(failure)
    }
    this.#working = false
    this.#changed()
  }
}

const none: Read = { assets: [], pages: 0, next: undefined, looked: 0, isAll: true }

/** One more page; an asset that changed while pages were read stands where it was found first. */
function joined(read: Read, { assets, next, searched }: AssetPage): Read {
  const known = new Set(read.assets.map(({ id }) => id))
  return {
    assets: [...read.assets, ...assets.filter(({ id }) => !known.has(id))],
    pages: read.pages + 1,
    next,
    looked: read.looked + (searched?.assets ?? 0),
    isAll: searched?.isAll ?? true,
  }
}
