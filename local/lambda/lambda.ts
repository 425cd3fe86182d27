/** The Lambda service of the local cloud: functions, their invocation, and the `Invoke` API. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createFaults, type Faults } from '../faults/index.ts'
import type { Authorize, AwsService, Caller } from '../service.ts'
import { createAccountPool } from './account-pool.ts'
import { openAsyncEvents } from './async-events.ts'
import { AsyncInvoker, type Deliver } from './async-invoker.ts'
import type {
  FunctionDefinition,
  FunctionStats,
  Invocation,
  InvokeOptions,
  StreamedInvocation,
} from './definition.ts'
import { invalidContent, notFound, requestTooLarge } from './fault.ts'
import { type InvokeTarget, RunningFunction } from './function.ts'
import { handleInvoke } from './invoke-api.ts'
import { defaultLimits, type LambdaLimits } from './limits.ts'
import type { Log } from './log-line.ts'

/** Lambda API, GetAccountSettings. */
const accountSettingsPath = '/2016-08-19/account-settings'

export interface LambdaOptions {
  readonly authorize?: Authorize
  readonly log: Log
  /** `AWS_ENDPOINT_URL` of every function. */
  readonly endpoint: string
  /** Where accepted asynchronous events are kept. */
  readonly dataDir: string
  /** Sends to queues for destinations and dead letters. */
  readonly deliver?: Deliver
  readonly limits?: Partial<LambdaLimits>
  /** What goes wrong. @default nothing */
  readonly faults?: Faults
}

/** What the other parts of the cloud do with functions. A function is named by name, ARN or qualified ARN. */
export interface Functions {
  /** Throws an `AwsFault` when nothing was run; an error of the function is in the answer. */
  invoke(functionName: string, payload: string, options?: InvokeOptions): Promise<Invocation>
  invokeStreaming(functionName: string, payload: string, options?: InvokeOptions): Promise<StreamedInvocation>
  /** Resolves when the event is on disk. */
  invokeAsync(
    functionName: string,
    payload: string,
    options?: InvokeOptions,
  ): Promise<{ readonly requestId: string }>
}

export interface Lambda extends AwsService, Functions {
  defineFunction(definition: FunctionDefinition): void
  /** Takes up the events accepted before a crash; call it when every function and service is there. */
  resume(): Promise<void>
  stats(): Readonly<Record<string, FunctionStats>>
}

export async function createLambda(options: LambdaOptions): Promise<Lambda> {
  const { authorize, log, endpoint, deliver, faults = createFaults() } = options
  const limits = { ...defaultLimits, ...options.limits }
  const account = createAccountPool(limits.accountConcurrency)
  const functions = new Map<string, RunningFunction>()
  const events = await openAsyncEvents(join(options.dataDir, 'events'))

  const allowed = (
    running: RunningFunction,
    qualifier: string | undefined,
    caller: Caller | undefined,
  ): void => {
    const resource =
      qualifier === undefined ? running.definition.arn : `${running.definition.arn}:${qualifier}`
    if (caller !== undefined) authorize?.(caller, 'lambda:InvokeFunction', resource)
  }
  const find = (
    functionName: string,
    caller: Caller | undefined,
  ): { running: RunningFunction; target: Omit<InvokeTarget, 'requestId'> } => {
    const { name, qualifier } = parseName(functionName)
    const running = functions.get(name)
    if (running === undefined) throw notFound(functionName)
    allowed(running, qualifier, caller)
    const version = qualifier !== undefined && /^\d+$/.test(qualifier) ? qualifier : '$LATEST'
    const { arn } = running.definition
    return { running, target: { arn: qualifier === undefined ? arn : `${arn}:${qualifier}`, version } }
  }
  const invoke: Lambda['invoke'] = async (
    functionName,
    payload,
    { caller, requestId = randomUUID() } = {},
  ) => {
    const { running, target } = find(functionName, caller)
    return running.invoke(checked(payload, limits.requestBytes), { ...target, requestId })
  }
  const invokeStreaming: Lambda['invokeStreaming'] = async (
    functionName,
    payload,
    { caller, requestId = randomUUID() } = {},
  ) => {
    const { running, target } = find(functionName, caller)
    return running.stream(checked(payload, limits.requestBytes), { ...target, requestId })
  }
  const asynchronous = new AsyncInvoker({
    events,
    retryWaitsMs: limits.asyncRetryWaitsMs,
    definitionOf: (name) => functions.get(name)?.definition,
    invoke: (name, payload, requestId) => invoke(name, payload, { requestId }),
    forward: async (arn, payload, caller) => {
      await invokeAsync(arn, payload, { caller })
    },
    deliver,
    log,
  })
  const invokeAsync: Lambda['invokeAsync'] = async (
    functionName,
    payload,
    { caller, requestId = randomUUID() } = {},
  ) => {
    const { running } = find(functionName, caller)
    await asynchronous.accept({
      id: requestId,
      functionName: running.definition.name,
      payload: checked(payload, limits.eventBytes),
      acceptedAtMs: Date.now(),
      attempts: 0,
    })
    return { requestId }
  }

  return {
    name: 'lambda',
    invoke,
    invokeStreaming,
    invokeAsync,
    defineFunction(definition) {
      account.reserve(definition.name, definition.reservedConcurrency)
      void functions.get(definition.name)?.close()
      functions.set(
        definition.name,
        new RunningFunction({ definition, endpoint, limits, account, log, faults }),
      )
    },
    resume: () => asynchronous.resume(),
    stats: () => Object.fromEntries([...functions].map(([name, running]) => [name, running.stats()])),
    async handle(request, response, caller) {
      if (request.url === accountSettingsPath) {
        authorize?.(caller, 'lambda:GetAccountSettings', '*')
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ AccountLimit: { ConcurrentExecutions: limits.accountConcurrency } }))
        return
      }
      await handleInvoke({
        request,
        response,
        limits,
        invoke: (name, payload) => invoke(name, payload, { caller }),
        invokeAsync: (name, payload) => invokeAsync(name, payload, { caller }),
        dryRun: (name) => {
          find(name, caller)
        },
      })
    },
    async close() {
      const closing = asynchronous.close()
      await Promise.all([...functions.values()].map((running) => running.close()))
      await closing
    },
  }
}

/** JSON text within the limit; an empty payload is an empty event. */
function checked(payload: string, limit: number): string {
  if (Buffer.byteLength(payload) > limit) throw requestTooLarge(limit)
  if (payload === '') return '{}'
  try {
    JSON.parse(payload)
  } catch (error) {
    throw invalidContent(error instanceof Error ? error.message : String(error))
  }
  return payload
}

/** `name`, `name:qualifier`, a partial ARN (`account:function:name`) or a full one. */
function parseName(functionName: string): { readonly name: string; readonly qualifier: string | undefined } {
  const [name = '', qualifier] = functionName.replace(/^.*function:/, '').split(':')
  return { name, qualifier }
}
