/** A REQUEST authorizer with simple responses (`AWS::ApiGatewayV2::Authorizer`, payload format 2.0). */

import type { Functions } from '../lambda/index.ts'
import type { Caller } from '../service.ts'
import { within } from '../within.ts'
import type { RequestEvent } from './payload.ts'

export interface RequestAuthorizer {
  readonly authorizerId: string
  /** Name or ARN of the function. */
  readonly functionName: string
  /** `$request.header.Authorization`, `$request.querystring.token`, `$context.routeKey`; all must be there. */
  readonly identitySource: readonly string[]
  /** Answers are kept this long per identity; 0 keeps none. */
  readonly resultTtlSeconds: number
}

export type Verdict =
  | { readonly kind: 'allowed'; readonly context: Readonly<Record<string, unknown>> }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'broken' }

export interface Question {
  readonly authorizer: RequestAuthorizer
  readonly event: RequestEvent
  readonly routeArn: string
  /** API Gateway, as the function's permission must name it. */
  readonly caller: Caller
}

/** API Gateway waits no longer for an authorizer. */
const maxMs = 10_000

/**
 * Asks the authorizer's function, or remembers what it said: yes and no alike, by the identity alone, so that what was
 * said of one route holds for all whose identity is the same.
 */
export function createAuthorizers(
  functions: Functions,
  { now, timeoutMs = maxMs }: { readonly now: () => number; readonly timeoutMs?: number | undefined },
): (question: Question) => Promise<Verdict> {
  const kept = new Map<string, { readonly verdict: Verdict; readonly untilMs: number }>()
  return async ({ authorizer, event, routeArn, caller }) => {
    const identity = authorizer.identitySource.map((source) => identityOf(source, event))
    if (identity.some((value) => value === undefined || value === '')) return { kind: 'unauthorized' }
    const key = JSON.stringify([authorizer.authorizerId, identity])
    const known = kept.get(key)
    if (known !== undefined && known.untilMs > now()) return known.verdict
    kept.delete(key)
    const question = { ...event, type: 'REQUEST', routeArn, identitySource: identity }
    const asked = ask(functions, authorizer.functionName, { question, caller })
    const verdict = (await within(timeoutMs, asked)) ?? { kind: 'broken' }
    if (authorizer.resultTtlSeconds > 0 && verdict.kind !== 'broken') {
      forgetSome(kept)
      kept.set(key, { verdict, untilMs: now() + authorizer.resultTtlSeconds * 1000 })
    }
    return verdict
  }
}

/** The oldest go first: a flood of identities must not fill this machine. */
function forgetSome(kept: Map<string, unknown>): void {
  for (const key of kept.keys()) {
    if (kept.size < maxKept) return
    kept.delete(key)
  }
}

const maxKept = 10_000

async function ask(
  functions: Functions,
  functionName: string,
  { question, caller }: { readonly question: object; readonly caller: Caller },
): Promise<Verdict> {
  const answer = await functions
    .invoke(functionName, JSON.stringify(question), { caller })
    .catch(() => undefined)
  if (answer === undefined || answer.functionError !== undefined) return { kind: 'broken' }
  const result: unknown = JSON.parse(answer.payload)
  if (typeof result !== 'object' || result === null || !('isAuthorized' in result)) return { kind: 'broken' }
  if (result.isAuthorized !== true) return { kind: 'forbidden' }
  const context = 'context' in result && isRecord(result.context) ? result.context : {}
  return { kind: 'allowed', context }
}

function identityOf(source: string, event: RequestEvent): string | undefined {
  const [, place, name = ''] = /^\$request\.(header|querystring)\.(.+)$/i.exec(source) ?? []
  if (source === '$context.routeKey') return event.routeKey
  if (place === 'header') return event.headers[name.toLowerCase()]
  if (place === 'querystring') return event.queryStringParameters?.[name]
  return undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
