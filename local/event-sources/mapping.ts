/** What the two kinds of event source mapping share. */

import type { Deliver, Functions, Invocation, Log } from '../lambda/index.ts'
import { type Authorize, AwsFault, type Caller } from '../service.ts'

/** Properties of `AWS::Lambda::EventSourceMapping` that every kind has. */
export interface MappingOptions {
  /** Logical id; names the checkpoint. */
  readonly id: string
  /** Name or ARN. */
  readonly functionName: string
  /** Role of the function: it must be allowed to read the source. */
  readonly role: string
  readonly batchSize?: number
  readonly maximumBatchingWindowSeconds?: number
  readonly reportBatchItemFailures?: boolean
  /** `FilterCriteria.Filters[].Pattern`. */
  readonly filterPatterns?: readonly string[]
  readonly functions: Functions
  readonly authorize?: Authorize
  /** Sends records that were given up to their destination. */
  readonly deliver?: Deliver
  readonly log: Log
}

export interface MappingStats {
  readonly state: 'enabled' | 'stopped'
  readonly batches: number
  readonly failedBatches: number
  /** Messages or records the function took. */
  readonly processed: number
  /** Records given up. */
  readonly discarded: number
}

export interface Mapping {
  /** Begins to poll; does nothing but log when the role lacks a grant. */
  start(): void
  stats(): MappingStats
  /** Waits for the batches that run. */
  close(): Promise<void>
}

/** True when the role may do all that polling needs; otherwise logs AWS's refusal. */
export function mayPoll(options: MappingOptions, arn: string, actions: readonly string[]): boolean {
  const caller: Caller = { kind: 'role', role: options.role }
  for (const action of actions) {
    try {
      options.authorize?.(caller, action, arn)
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error
      const [service = '', verb = ''] = action.split(':')
      report(
        options,
        'ERROR',
        `InvalidParameterValueException: The provided execution role does not have permissions to call ${verb} on ` +
          `${service.toUpperCase()} (${arn}); the mapping is stopped`,
      )
      return false
    }
  }
  return true
}

export function report(options: MappingOptions, level: 'WARN' | 'ERROR', message: string): void {
  options.log({ time: new Date().toISOString(), level, source: `event-sources/${options.id}`, message })
}

/** What the function said about a batch. */
export type BatchOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly invocation?: Invocation }
  | { readonly kind: 'partial'; readonly failed: ReadonlySet<string> }

/** Runs a batch; `identifiers` are what a partial failure may name. */
export async function runBatch(
  options: MappingOptions,
  records: readonly object[],
  identifiers: ReadonlySet<string>,
): Promise<BatchOutcome> {
  try {
    const payload = JSON.stringify({ Records: records })
    const invocation = await options.functions.invoke(options.functionName, payload)
    if (invocation.functionError !== undefined) return { kind: 'failed', invocation }
    if (options.reportBatchItemFailures !== true) return { kind: 'done' }
    return readFailures(JSON.parse(invocation.payload), identifiers)
  } catch (error) {
    report(options, 'WARN', error instanceof Error ? error.message : String(error))
    return { kind: 'failed' }
  }
}

/** An answer that is not understood, or names an unknown item, counts as failure of the whole batch. */
function readFailures(answer: unknown, identifiers: ReadonlySet<string>): BatchOutcome {
  if (answer === null) return { kind: 'done' }
  if (typeof answer !== 'object') return { kind: 'failed' }
  const failures: unknown = 'batchItemFailures' in answer ? answer.batchItemFailures : null
  if (failures === null) return { kind: 'done' }
  if (!Array.isArray(failures)) return { kind: 'failed' }
  const failed = new Set<string>()
  for (const failure of failures) {
    const id: unknown =
      typeof failure === 'object' && failure !== null && 'itemIdentifier' in failure
        ? failure.itemIdentifier
        : undefined
    if (typeof id !== 'string' || !identifiers.has(id)) return { kind: 'failed' }
    failed.add(id)
  }
  return failed.size === 0 ? { kind: 'done' } : { kind: 'partial', failed }
}
