/** Shares of the account's concurrency: it has one pool per region, and a flood at one function starves the others. */
import type { Construct } from 'constructs'
import { HeadendError } from '../../errors.ts'

/** The concurrency of each function; undefined: unreserved. */
export interface Shares {
  /** Reserved concurrency, which is also the maximum. */
  readonly licence: number | undefined
  readonly api: number | undefined
  readonly gate: number | undefined
  readonly packager: number | undefined
  /** Maximum concurrency of the queue; nothing is reserved. */
  readonly ingest: number
  readonly sidecar: number
}

/** AWS keeps this much for functions without reserved concurrency, and refuses a deployment that would leave less. */
const unreserved = 100
/** The quota below which there is too little to share out. */
const smallest = 200

/**
 * The shares of an account with the quota in the context value `accountConcurrency`. Without it, or with a quota as
 * small as a new account's, nothing is reserved, so that every account can deploy.
 */
export function concurrencyShares(scope: Construct): Shares {
  const quota = accountConcurrency(scope)
  if (quota === undefined)
    return {
      licence: undefined,
      api: undefined,
      gate: undefined,
      packager: undefined,
      ingest: 20,
      sidecar: 5,
    }
  const kept = (share: number) => (quota > smallest ? Math.floor((quota - unreserved) * share) : undefined)
  return {
    // Viewers in mid-playback keep requesting licences, and operators make repairs through the API.
    licence: kept(0.3),
    api: kept(0.05),
    // Caps a flood of made-up tokens, some ms each, that the gateway lets through.
    gate: kept(0.03),
    // Caps a flood of uncached segments; the rest is for manifests, ingest, the key server and future functions.
    packager: kept(0.5),
    // Two is the minimum SQS accepts.
    ingest: Math.min(20, Math.max(2, Math.floor(quota / 10))),
    sidecar: Math.min(5, Math.max(2, Math.floor(quota / 40))),
  }
}

/** The quota given by `-c accountConcurrency=`; undefined if not given. */
export function accountConcurrency(scope: Construct): number | undefined {
  const said: unknown = scope.node.tryGetContext('accountConcurrency')
  if (said === undefined) return undefined
  const quota = typeof said === 'string' ? Number(said) : said
  if (typeof quota === 'number' && Number.isInteger(quota) && quota >= 10) return quota
  throw new HeadendError(
    'STACK_CONTEXT',
    `context accountConcurrency: expected the account's quota of concurrent executions, a whole number from 10, got ${JSON.stringify(said)}`,
  )
}
