/** Which video has its key frames offered for trick play: the same for films and channels. */

/** What the choice goes by. */
export interface TrickFacts {
  /** Codec and dynamic range: a decoder may support only one. */
  readonly family: string
  /** Lines of the shorter side, so that portrait video is treated alike. */
  readonly lines: number
  /** Any measure of its size: of two of as many lines the lighter one is taken. */
  readonly weight: number
}

/** Trick play is for finding a place: at this height a face is recognizable. */
const enoughLines = 480

/**
 * Chooses one per family: the largest of at most 480 lines, else the smallest, because a key frame weighs ten times
 * another frame.
 */
export function trickChoice<One>(all: readonly One[], factsOf: (one: One) => TrickFacts): One[] {
  const best = new Map<string, { readonly one: One; readonly facts: TrickFacts }>()
  for (const one of all) {
    const facts = factsOf(one)
    const known = best.get(facts.family)
    if (!known || suits(facts, known.facts)) best.set(facts.family, { one, facts })
  }
  return [...best.values()].map(({ one }) => one)
}

/** Whether `a` suits trick play better. */
function suits(a: TrickFacts, b: TrickFacts): boolean {
  if (a.lines === b.lines) return a.weight < b.weight
  return a.lines <= enoughLines ? a.lines > b.lines || b.lines > enoughLines : a.lines < b.lines
}
