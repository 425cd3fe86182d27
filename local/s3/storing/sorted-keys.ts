/** Keys in the order S3 lists them (by their UTF-8 bytes), and the pages a listing is read in. */

/** Compares as UTF-8 would: only surrogates, which stand for the highest code points, differ from UTF-16 order. */
export function compareKeys(left: string, right: string): number {
  const end = Math.min(left.length, right.length)
  for (let i = 0; i < end; i++) {
    const a = left.charCodeAt(i)
    const b = right.charCodeAt(i)
    if (a !== b) return rank(a) - rank(b)
  }
  return left.length - right.length
}

const rank = (unit: number) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit)

/** A set of keys that stays sorted. */
export class SortedKeys {
  readonly #keys: string[] = []

  get size() {
    return this.#keys.length
  }

  add(key: string) {
    const index = this.#from(key)
    if (this.#keys[index] !== key) this.#keys.splice(index, 0, key)
  }

  delete(key: string) {
    const index = this.#from(key)
    if (this.#keys[index] === key) this.#keys.splice(index, 1)
  }

  /** The keys from `start` on, that one included. */
  *from(start: string): Generator<string, void, undefined> {
    for (let index = this.#from(start); index < this.#keys.length; index++) {
      const key = this.#keys[index]
      if (key !== undefined) yield key
    }
  }

  #from(key: string) {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareKeys(this.#keys[middle] ?? '', key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

export interface PageQuery<Item> {
  readonly prefix: string
  readonly delimiter: string
  /** Begins behind this key or common prefix. */
  readonly after: string
  /** The page before ended within the items of `after`: `items` is asked for the rest of them. */
  readonly resume?: boolean
  readonly max: number
  /** What a key contributes; several for versions, none for a key hidden by a delete marker. */
  readonly items: (key: string) => Iterable<Item>
}

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly commonPrefixes: readonly string[]
  readonly truncated: boolean
  /** The last key or common prefix on the page. */
  readonly last: string
}

/** One page of a listing; a common prefix counts as one item, however many keys it stands for. */
export function pageOf<Item>(keys: SortedKeys, query: PageQuery<Item>): Page<Item> {
  const { prefix, delimiter, after, max } = query
  const items: Item[] = []
  const commonPrefixes: string[] = []
  let last = after
  const start = compareKeys(after, prefix) > 0 ? after : prefix
  for (const key of keys.from(start)) {
    if (!key.startsWith(prefix)) break
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    const common = cut < 0 ? undefined : key.slice(0, cut + delimiter.length)
    if (common !== undefined && common === commonPrefixes.at(-1)) continue
    const order = after === '' ? 1 : compareKeys(common ?? key, after)
    if (order < 0 || (order === 0 && !query.resume)) continue
    for (const item of query.items(key)) {
      if (items.length + commonPrefixes.length >= max)
        return { items, commonPrefixes, truncated: max > 0, last }
      if (common === undefined) {
        items.push(item)
        last = key
      } else {
        commonPrefixes.push(common)
        last = common
        break
      }
    }
  }
  return { items, commonPrefixes, truncated: false, last }
}
