/** Work on many things without asking KMS and the table for all of them in one breath. */

/** A function's memory and sockets bound it; KMS and the table take many more. */
const atOnce = 16

/** Does something for each of a list, some at the same time; answers are in the list's order. */
export async function someAtOnce<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let from = 0; from < items.length; from += atOnce)
    answers.push(...(await Promise.all(items.slice(from, from + atOnce).map(work))))
  return answers
}
