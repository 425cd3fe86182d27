/** Reads a list in order, some of it ahead of time. */

/** How an item is read, and what it takes in memory. */
export interface Reading<Item, Value> {
  readonly bytesOf: (item: Item) => number
  readonly read: (item: Item) => Promise<Value>
}

/** Connections at once. */
const maxAtOnce = 24
/** Memory of what was read and not yet taken. */
const maxBytes = 64 * 2 ** 20

/** Gives what was read in the list's order; at least one item is always under way, however large it is. */
export async function* readAhead<Item, Value>(
  items: readonly Item[],
  { bytesOf, read }: Reading<Item, Value>,
): AsyncGenerator<Value> {
  const under: { readonly value: Promise<Value>; readonly bytes: number }[] = []
  let [next, held] = [0, 0]
  while (next < items.length || under.length > 0) {
    for (let item = items[next]; item !== undefined && under.length < maxAtOnce; item = items[next]) {
      const bytes = bytesOf(item)
      if (under.length > 0 && held + bytes > maxBytes) break
      const value = read(item)
      // Awaited in its turn; until then a rejection must not count as unhandled.
      value.catch(() => undefined)
      under.push({ value, bytes })
      held += bytes
      next++
    }
    const first = under.shift()
    if (!first) return
    yield await first.value
    held -= first.bytes
  }
}
