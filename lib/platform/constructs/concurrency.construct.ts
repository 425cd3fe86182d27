/** Invocations at once, shared out: an account has one pool a region, and a flood at one function drowns the others. */
import type { Construct } from 'constructs'
import { HeadendError } from '../../errors.ts'

/** What each function may have at once; undefined: what the pool gives. */
export interface Shares {
  /** Kept for it, and more it never has. */
  readonly licence: number | undefined
  readonly api: number | undefined
  readonly gate: number | undefined
  readonly packager: number | undefined
  /** Of messages worked on; nothing is kept for them. */
  readonly ingest: number
  readonly sidecar: number
}

/** AWS keeps so many for functions for which nothing is kept, and refuses a deployment that would leave fewer. */
const unreserved = 100
/** Up to here there is too little to share out. */
const smallest = 200

/**
 * The shares of an account with the quota that the context `accountConcurrency` says. Without it, or where the quota
 * is small as a new account's, nothing is kept, so that every account can deploy.
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
    // Who has a film on the screen goes on asking for licences, and operators mend things by the API.
    licence: kept(0.3),
    api: kept(0.05),
    // What the gateway lets through of a flood of made-up tokens, some ms each, ends here.
    gate: kept(0.03),
    // A flood of segments that no cache has ends here; the rest is for manifests, ingest, the key server, what is yet to come.
    packager: kept(0.5),
    // Two is the least that SQS takes.
    ingest: Math.min(20, Math.max(2, Math.floor(quota / 10))),
    sidecar: Math.min(5, Math.max(2, Math.floor(quota / 40))),
  }
}

/** The quota `-c accountConcurrency=` says; undefined where it says none. */
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
