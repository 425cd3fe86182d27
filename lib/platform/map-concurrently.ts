/** Maps a list asynchronously with bounded concurrency. */

/** Bounded by a function's memory and sockets; the services it calls take many more. */
const usual = 16

/** Maps a list with at most `atOnce` calls at a time; answers are in the list's order. */
export async function mapConcurrently<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
  atOnce = usual,
): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let from = 0; from < items.length; from += atOnce)
    answers.push(...(await Promise.all(items.slice(from, from + atOnce).map(work))))
  return answers
}
