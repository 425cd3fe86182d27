/** Counts what happens behind a behaviour. */
import type { BehaviourStats } from '../config.ts'

export type Tally = { -readonly [Name in keyof BehaviourStats]: number }

export function newTally(): Tally {
  return {
    requests: 0,
    hits: 0,
    misses: 0,
    collapsed: 0,
    shieldRequests: 0,
    originRequests: 0,
    viewerFunctions: 0,
    edgeInvocations: 0,
    errors: 0,
  }
}
