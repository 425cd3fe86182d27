/** A shelf of films over memory that remembers what it was told, in order. */
import { closed, goneUntilOf } from '../../../lib/rights/publication/marks.ts'
import type { PublicationStore } from '../../../lib/rights/publication/publish.ts'
import type { TurnStore } from '../../../lib/rights/publication/turns.ts'

/** One film, where `commonMs` is given, and a place for each thing a publication writes. */
export function memoryShelf(commonMs: number | undefined) {
  const objects = new Map<string, string>()
  /** Names of states, as the row had them one after another. */
  const named: (string | undefined)[] = []
  const marks = new Map<string, string>()
  const invalidated: string[][] = []
  const reports: string[] = []
  /** Everything that was written, in order. */
  const told: string[] = []
  const turns = memoryTurns()
  let owners = 0
  const change = (contentId: string, mark: string | undefined) => {
    const before = marks.get(contentId)
    if (before === mark) return { before, isNew: false }
    told.push(`mark ${mark === closed ? 'closed' : (mark ?? 'away')}`)
    if (mark === undefined) marks.delete(contentId)
    else marks.set(contentId, mark)
    return { before, isNew: true }
  }
  return {
    objects,
    named,
    marked: marks,
    invalidated,
    reports,
    told,
    turns: {
      store: turns.store,
      owner: () => `owner ${owners++}`,
      maxTries: 1000,
      pauses: { random: Math.random, sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 1)) },
    },
    left: turns.left,
    marks: {
      set: async (contentId, mark) => change(contentId, mark),
      takeAway: async (contentId) => {
        const before = marks.get(contentId)
        return change(contentId, goneUntilOf(before) === undefined ? undefined : before)
      },
      closeUnless: async (contentId, mark) =>
        change(contentId, marks.get(contentId) === mark ? mark : closed),
    },
    onShow: () => Promise.resolve(commonMs === undefined ? undefined : { commonMs }),
    async put(key: string, text: string) {
      objects.set(key, text)
    },
    async publish(_: string, name: string | undefined) {
      told.push(`row ${name === undefined ? 'public' : 'protected'}`)
      named.push(name)
    },
    async invalidate(paths: readonly string[]) {
      told.push('invalidation')
      invalidated.push([...paths])
    },
    report(event: string) {
      reports.push(event)
    },
  } satisfies PublicationStore & Record<string, unknown>
}

/** Turns of one process; those left unfinished are in `left`. */
function memoryTurns() {
  const held = new Map<string, string>()
  const left = new Set<string>()
  const store: TurnStore = {
    async take(contentId, owner) {
      const holder = held.get(contentId)
      if (holder !== undefined && holder !== owner) return undefined
      held.set(contentId, owner)
      return { isUnfinished: left.delete(contentId) }
    },
    keep: async (contentId, owner) => held.get(contentId) === owner,
    async finish(contentId) {
      held.delete(contentId)
    },
    async leave(contentId) {
      held.delete(contentId)
      left.add(contentId)
    },
    unfinished: async () => [...left],
  }
  return { store, left }
}
