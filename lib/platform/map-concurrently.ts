/** Work on many things without starting all of it in one breath. */

/** A function's memory and sockets bound it; what it asks takes many more. */
const usual = 16

/** Does something for each of a list, `atOnce` at the same time; answers are in the list's order. */
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
