/** What of a template runs here, what needs nothing here, and what does not run: said at every start. */
import type { Resource, ResourceKind } from './model.ts'

/** Counts of resource types. */
export interface Support {
  readonly needsNothing: ReadonlyMap<string, number>
  readonly notRun: ReadonlyMap<string, number>
}

/** Sorts what a template has by what the services state; nothing is left out of both lists but what runs. */
export function supportBy(
  kindOf: (type: string) => ResourceKind | undefined,
  resources: Iterable<Pick<Resource, 'type' | 'properties'>>,
): Support {
  const needsNothing = new Map<string, number>()
  const notRun = new Map<string, number>()
  for (const { type, properties } of resources) {
    const kind = kindOf(type)
    const part = kind?.partNotRun?.(properties)
    if (part !== undefined) add(notRun, `${type} ${part}`)
    if (kind === undefined || kind.here === 'absent') add(notRun, type)
    else if (kind.here !== 'runs') add(needsNothing, type)
  }
  return { needsNothing, notRun }
}

function add(list: Map<string, number>, what: string): void {
  list.set(what, (list.get(what) ?? 0) + 1)
}

/** `AWS::KMS::Alias (1), AWS::KMS::Key (2)` */
export function countsText(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, count]) => `${type} (${count})`)
    .join(', ')
}
