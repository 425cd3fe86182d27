/** Lifecycle rules that move objects to colder storage classes: what of them is valid, and what is due. */
import { invalidArgument } from '../faults.ts'
import type { LifecycleRule, ObjectVersion, Transition, Version } from '../model.ts'
import { isDue, tagsFit } from './due.ts'

/** From warm to cold: nothing moves back (S3 User Guide, "Supported lifecycle transitions"). */
const classes = [
  'STANDARD',
  'STANDARD_IA',
  'INTELLIGENT_TIERING',
  'ONEZONE_IA',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
] as const
/** Classes that objects may only go to after 30 days. */
const lateClasses: ReadonlySet<string> = new Set(['STANDARD_IA', 'ONEZONE_IA'])
/** Smaller objects stay where they are, unless a rule says otherwise, which none here can. */
const minBytes = 128 * 1024

const rankOf = (storageClass = 'STANDARD'): number => classes.findIndex((one) => one === storageClass)

/** The rule, if S3 would take it; throws InvalidArgument in S3's words. */
export function checkedRule(rule: LifecycleRule): LifecycleRule {
  const { transitions = [], noncurrentTransitions = [], prefix = '', expirationDays } = rule
  for (const [name, list] of [
    ['Transition', transitions],
    ['NoncurrentVersionTransition', noncurrentTransitions],
  ] as const)
    for (const { storageClass, days } of list) {
      if (rankOf(storageClass) < 1)
        throw invalidArgument(`'StorageClass' must be different from ${storageClass} in the ${name} action`)
      if (lateClasses.has(storageClass) && days < 30)
        throw invalidArgument(
          `'Days' in ${name} action must be greater than or equal to 30 for storageClass '${storageClass}'`,
        )
    }
  if (expirationDays !== undefined && transitions.some(({ days }) => days >= expirationDays))
    throw invalidArgument(
      `'Days' in the Expiration action for prefix '${prefix}' must be greater than 'Days' in the Transition action`,
    )
  return rule
}

/** A version that is to move. */
export interface Move {
  readonly key: string
  readonly versionId: string
  readonly storageClass: string
}

/** What the rules want moved of the versions of a key, oldest first. */
export function dueMoves(
  rules: readonly LifecycleRule[],
  {
    key,
    versions,
    nowMs,
  }: { readonly key: string; readonly versions: readonly Version[]; readonly nowMs: number },
): Move[] {
  const byPrefix = rules.filter(({ prefix = '' }) => key.startsWith(prefix))
  return versions.flatMap((version, i) => {
    if (version.kind !== 'object' || version.sizeBytes < minBytes) return []
    const next = versions[i + 1]
    const of = (rule: LifecycleRule) => (next ? rule.noncurrentTransitions : rule.transitions) ?? []
    const sinceMs = next?.modifiedMs ?? version.modifiedMs
    const due = byPrefix
      .filter((rule) => tagsFit(rule, version))
      .flatMap(of)
      .filter(({ days }) => isDue(sinceMs, days, nowMs))
    const coldest = coldestOf(due)
    return coldest !== undefined && rankOf(coldest) > rankOf(version.storageClass)
      ? [{ key, versionId: version.versionId, storageClass: coldest } satisfies Move]
      : []
  })
}

const coldestOf = (due: readonly Transition[]): ObjectVersion['storageClass'] =>
  due.toSorted((a, b) => rankOf(b.storageClass) - rankOf(a.storageClass))[0]?.storageClass
