/**
 * Which combinations of players, films and protections are tried: every pair of values meets once in CI, every
 * combination in `npm run soak -- --project players`.
 */

/** One value of each dimension. */
export type Combination<Dimensions extends Readonly<Record<string, readonly unknown[]>>> = {
  readonly [Name in keyof Dimensions]: Dimensions[Name][number]
}

/** Set where nothing may be left out. */
export const isWhole = process.env['HEADEND_MATRIX'] === 'whole'

/** All combinations, or as few as have every pair. */
export const combinations = <const Dimensions extends Readonly<Record<string, readonly unknown[]>>>(
  dimensions: Dimensions,
): readonly Combination<Dimensions>[] => (isWhole ? everyOne(dimensions) : allPairs(dimensions))

/** The product of all dimensions, the last one turning fastest. */
export function everyOne<const Dimensions extends Readonly<Record<string, readonly unknown[]>>>(
  dimensions: Dimensions,
): readonly Combination<Dimensions>[] {
  let rows: readonly Readonly<Record<string, unknown>>[] = [{}]
  for (const [name, values] of Object.entries(dimensions))
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value })))
  return rows as readonly Combination<Dimensions>[]
}

/** Greedy: of all combinations the one with most pairs that none before had, until each pair was had. */
export function allPairs<const Dimensions extends Readonly<Record<string, readonly unknown[]>>>(
  dimensions: Dimensions,
): readonly Combination<Dimensions>[] {
  const all = everyOne(dimensions)
  const missing = new Set(all.flatMap((row) => pairsOf(row)))
  const chosen: Combination<Dimensions>[] = []
  while (missing.size > 0) {
    const news = all.map((row) => pairsOf(row).filter((pair) => missing.has(pair)).length)
    const best = all[news.indexOf(Math.max(...news))]
    if (!best) break
    chosen.push(best)
    for (const pair of pairsOf(best)) missing.delete(pair)
  }
  return chosen
}

/** Greedy: of some things as few as are of each kind that any of them is of and nothing had before. */
export function thatShow<Thing extends { readonly kinds: readonly string[] }>(
  things: readonly Thing[],
  had: readonly string[],
): readonly Thing[] {
  const missing = new Set(things.flatMap(({ kinds }) => kinds).filter((kind) => !had.includes(kind)))
  const chosen: Thing[] = []
  while (missing.size > 0) {
    const news = things.map(({ kinds }) => kinds.filter((kind) => missing.has(kind)).length)
    const best = things[news.indexOf(Math.max(...news))]
    if (!best) break
    chosen.push(best)
    for (const kind of best.kinds) missing.delete(kind)
  }
  return chosen
}

function pairsOf(row: Readonly<Record<string, unknown>>): readonly string[] {
  const entries = Object.entries(row)
  if (entries.length === 1) return entries.map((one) => JSON.stringify(one))
  return entries.flatMap((one, i) => entries.slice(i + 1).map((other) => JSON.stringify([one, other])))
}
