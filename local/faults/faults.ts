/**
 * Faults a test asks of the local cloud: what AWS does on a bad day, said by rules, each met by the calls it names.
 *
 * In process: `startCloud(…)` gives `cloud.faults`; a single service takes `faults: createFaults()`. Of a headend in a
 * child process: `faultsOf(dataDir)` (`remote.ts`) does the same over `GET`, `POST` and `DELETE /_aws/faults` of the
 * AWS endpoint, which is bound to loopback and shows itself only to who knows the secret in `<dataDir>/faults.json`.
 *
 *   faults.add({ service: 's3', operation: 'GET', resource: 'uploads', kind: 'throttle', times: 3 })
 *   faults.add({ service: 'dynamodb', resource: 'rights', key: 'content#vod/film', kind: 'throttle' })
 *   faults.add({ service: 'dynamodb', resource: 'rights', kind: 'capacity', reads: 3000, writes: 1000 })
 *   faults.add({ service: 'cloudfront-keyvaluestore', operation: 'edge', kind: 'internal' })
 *   faults.add({ service: 'kms', operation: 'Decrypt', kind: 'denied', share: 0.1 })
 *
 * Which members a call of a service has:
 *
 * | service | operation | resource | key |
 * |---|---|---|---|
 * | `dynamodb` | `GetItem`, … | table, or `table/index/name` | partition key; a batch and a transaction are several calls |
 * | `s3` | HTTP method | bucket | object key |
 * | `cloudfront-keyvaluestore` | `PutKey`, …; `edge`: what a viewer function reads | store's name | key |
 * | `events` | `PutEvents`: the whole request | - | - |
 * | `events` | `entry`: one entry of it | bus | detail-type |
 * | `kms`, `secretsmanager`, `sqs` | `Decrypt`, … | - | - |
 * | `lambda` | `run`: an environment that was given an event | function | - |
 * | `connection` | `reuse`: a request on a connection that had one before | - | - |
 *
 * A connection that is reset when it is used again is what a function meets after it was frozen: the other side has
 * closed it meanwhile, and nobody was awake to hear.
 */

import {
  type Capacity,
  type CapacityUnit,
  createCapacity,
  type Partition,
  type PartitionUse,
} from './capacity.ts'

/** What happens to a call. */
export type FaultKind =
  /** The service's own word for too much: 400 ThrottlingException, S3's 503 SlowDown; of a batch, only its keys. */
  | 'throttle'
  /** The service's own 500. */
  | 'internal'
  /** IAM's refusal. */
  | 'denied'
  /** The connection is broken off without an answer. */
  | 'reset'
  /** The function's environment ends, `delayMs` after it was given the event. */
  | 'kill'
  /** What the edge reads is as it was `delayMs` ago: writes arrive there when they do. */
  | 'stale'
  /** The answer comes `delayMs` later. */
  | 'delay'

interface Where {
  readonly service: string
  readonly operation?: string
  /** Part of the resource's name: physical names have the stack's before and a hash behind. */
  readonly resource?: string
  readonly key?: string
  /** How the key begins. */
  readonly keyPrefix?: string
}

/** Which calls meet which fault. */
export interface CallRule extends Where {
  readonly kind: FaultKind
  /** Ends after so many. @default until it is taken away */
  readonly times?: number
  /** Of the calls it names, evenly spread: 0.1 is each tenth. @default 1 */
  readonly share?: number
  readonly delayMs?: number
  /** Of `connection`: those alone that were idle for so long. @default 0 */
  readonly idleMs?: number
}

/**
 * How much a partition key of a table or index gives a second; what is above is throttled, as AWS does at 3,000 read
 * and 1,000 write units. Without a bound it only counts: `rules()` has what each partition key cost.
 */
export interface CapacityRule extends Pick<Where, 'resource' | 'key' | 'keyPrefix'> {
  readonly service: 'dynamodb'
  readonly kind: 'capacity'
  /** Read units a second; strong reads cost one for each 4 KB, others half. */
  readonly reads?: number
  /** Write units a second, one for each KB. */
  readonly writes?: number
}

export type FaultRule = CallRule | CapacityRule

/** One call as rules see it. */
export interface FaultCall extends Pick<CallRule, 'idleMs'> {
  readonly service: string
  readonly operation: string
  readonly resource?: string | undefined
  readonly key?: string | undefined
}

/** A rule in force, and how many calls met it. */
export interface RuleInForce {
  readonly id: number
  readonly rule: FaultRule
  readonly met: number
  /** Of a capacity: what the partition keys it names cost so far. */
  readonly used: readonly PartitionUse[]
}

export interface Faults {
  /** Names the rule, to take it away again. */
  add(rule: FaultRule): number
  /** Takes a rule away; without a name all of them. */
  remove(id?: number): void
  rules(): readonly RuleInForce[]
  /** The first rule a call meets now; counts it. */
  meet(call: FaultCall): CallRule | undefined
  /** Whether a partition key gives no more in this second. */
  isSpent(partition: Partition, unit: CapacityUnit, nowMs: number): boolean
  /** Counts what a call cost. */
  spend(partition: Partition, units: Partial<Record<CapacityUnit, number>>, nowMs: number): void
}

interface State {
  readonly rule: FaultRule
  readonly capacity: Capacity
  named: number
  met: number
}

/** No faults, until a test asks for some. */
export function createFaults(): Faults {
  const inForce = new Map<number, State>()
  let lastId = 0
  const capacities = (partition: Partition): readonly State[] =>
    [...inForce.values()].filter(
      ({ rule }) =>
        rule.kind === 'capacity' && isNamed(rule, { service: 'dynamodb', operation: '', ...partition }),
    )
  return {
    add(rule) {
      inForce.set(++lastId, { rule, capacity: createCapacity(), named: 0, met: 0 })
      return lastId
    },
    remove(id) {
      if (id === undefined) inForce.clear()
      else inForce.delete(id)
    },
    rules: () =>
      Array.from(inForce, ([id, { rule, met, capacity }]) => ({ id, rule, met, used: capacity.used() })),
    meet(call) {
      for (const state of inForce.values()) {
        const { rule, met } = state
        if (rule.kind === 'capacity' || !isNamed(rule, call)) continue
        const { share = 1, times = Number.POSITIVE_INFINITY } = rule
        if (met >= times) continue
        state.named++
        if (Math.floor(state.named * share) === Math.floor((state.named - 1) * share)) continue
        state.met++
        return rule
      }
      return undefined
    },
    isSpent: (partition, unit, nowMs) =>
      capacities(partition).some(({ rule, capacity }) => {
        const bound = rule.kind === 'capacity' ? rule[unit] : undefined
        return bound !== undefined && capacity.inSecond(partition, unit, nowMs) >= bound
      }),
    spend(partition, units, nowMs) {
      for (const { capacity } of capacities(partition)) capacity.spend(partition, units, nowMs)
    },
  }
}

function isNamed(rule: Where & Pick<CallRule, 'idleMs'>, call: FaultCall): boolean {
  const { service, operation, resource, key, idleMs = 0 } = call
  return (
    idleMs >= (rule.idleMs ?? 0) &&
    rule.service === service &&
    (rule.operation === undefined || rule.operation === operation) &&
    (rule.resource === undefined || resource?.includes(rule.resource) === true) &&
    (rule.key === undefined || rule.key === key) &&
    (rule.keyPrefix === undefined || key?.startsWith(rule.keyPrefix) === true)
  )
}
