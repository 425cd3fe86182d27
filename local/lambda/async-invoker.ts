/** Asynchronous invocation: accepted on disk first, tried up to three times, then handed to its destination. */
import { setTimeout as wait } from 'node:timers/promises'
import { AwsFault, type Caller } from '../service.ts'
import type { AsyncEvent, AsyncEvents } from './async-events.ts'
import type { FunctionDefinition, Invocation } from './definition.ts'
import type { Log } from './log-line.ts'

/** A message for a queue, as a destination gets it. */
export interface DestinationMessage {
  readonly body: string
  /** String attributes (`RequestID`, `ErrorCode`, `ErrorMessage` on a dead letter queue). */
  readonly attributes?: Readonly<Record<string, string>>
}

/** Sends to the queue with this ARN as `caller`; rejects when it may not or cannot. */
export type Deliver = (arn: string, message: DestinationMessage, caller: Caller) => Promise<void>

export interface AsyncInvokerOptions {
  readonly events: AsyncEvents
  readonly retryWaitsMs: readonly number[]
  readonly definitionOf: (name: string) => FunctionDefinition | undefined
  readonly invoke: (name: string, payload: string, requestId: string) => Promise<Invocation>
  /** Accepts an event for another function that is a destination. */
  readonly forward: (arn: string, payload: string, caller: Caller) => Promise<void>
  readonly deliver: Deliver | undefined
  readonly log: Log
}

const defaultAgeSeconds = 6 * 3600
const throttleWaitMs = 1000

export class AsyncInvoker {
  readonly #options: AsyncInvokerOptions
  readonly #stop = new AbortController()
  readonly #running = new Set<Promise<void>>()

  constructor(options: AsyncInvokerOptions) {
    this.#options = options
  }

  /** The event survives a crash when this resolves. */
  async accept(event: AsyncEvent): Promise<void> {
    await this.#options.events.put(event)
    this.#start(event)
  }

  /** Takes up what was accepted before this process. */
  async resume(): Promise<void> {
    for (const event of await this.#options.events.all()) this.#start(event)
  }

  /** Waits for the attempts that run; what is left stays on disk. */
  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.allSettled(this.#running)
  }

  #start(event: AsyncEvent): void {
    const run = this.#run(event)
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#report(event, error)
      })
      .finally(() => this.#running.delete(run))
    this.#running.add(run)
  }

  async #run(event: AsyncEvent): Promise<void> {
    const { events, retryWaitsMs, definitionOf, invoke } = this.#options
    const definition = definitionOf(event.functionName)
    if (definition === undefined) return
    const retries = definition.async?.maximumRetryAttempts ?? 2
    const ageMs = (definition.async?.maximumEventAgeSeconds ?? defaultAgeSeconds) * 1000
    for (let { attempts } = event; !this.#stop.signal.aborted; ) {
      const outcome = await invoke(event.functionName, event.payload, event.id).catch((error: unknown) => {
        if (error instanceof AwsFault && error.status === 429) return 'throttled' as const
        throw error
      })
      const expired = Date.now() - event.acceptedAtMs > ageMs
      if (outcome === 'throttled') {
        // A throttle is not an attempt: the event waits its turn until it is too old.
        if (expired) return this.#finish(event, definition, { attempts, condition: 'EventAgeExceeded' })
        await this.#wait(throttleWaitMs)
        continue
      }
      // The environment was taken down with the process: the event runs again at the next start.
      if (this.#stop.signal.aborted && outcome.functionError !== undefined) return
      attempts++
      if (outcome.functionError === undefined) {
        return this.#finish(event, definition, { attempts, condition: 'Success', outcome })
      }
      if (attempts > retries) {
        return this.#finish(event, definition, { attempts, condition: 'RetriesExhausted', outcome })
      }
      if (expired)
        return this.#finish(event, definition, { attempts, condition: 'EventAgeExceeded', outcome })
      await events.put({ ...event, attempts })
      await this.#wait(retryWaitsMs[attempts - 1] ?? retryWaitsMs.at(-1) ?? 0)
    }
  }

  async #finish(event: AsyncEvent, definition: FunctionDefinition, end: End): Promise<void> {
    const { onSuccess, onFailure, deadLetterArn } = definition.async ?? {}
    const destination = end.condition === 'Success' ? onSuccess : onFailure
    if (destination !== undefined) {
      await this.#send(event, definition, destination, {
        body: JSON.stringify(recordOf(event, definition, end)),
      })
    }
    if (end.condition !== 'Success' && deadLetterArn !== undefined) {
      await this.#send(event, definition, deadLetterArn, {
        body: event.payload,
        attributes: {
          RequestID: event.id,
          ErrorCode: '200',
          ErrorMessage: messageOf(end.outcome).slice(0, 1024),
        },
      })
    }
    await this.#options.events.remove(event.id)
  }

  /** A destination that refuses loses the record, as in Lambda, and says so. */
  async #send(
    event: AsyncEvent,
    definition: FunctionDefinition,
    arn: string,
    message: DestinationMessage,
  ): Promise<void> {
    const caller: Caller = { kind: 'role', role: definition.role }
    try {
      if (arn.includes(':function:')) await this.#options.forward(arn, message.body, caller)
      else if (this.#options.deliver === undefined) throw new Error(`nothing delivers to ${arn}`)
      else await this.#options.deliver(arn, message, caller)
    } catch (error) {
      this.#report(event, error)
    }
  }

  #report(event: AsyncEvent, error: unknown): void {
    this.#options.log({
      time: new Date().toISOString(),
      level: 'ERROR',
      source: event.functionName,
      requestId: event.id,
      message: error instanceof Error ? error.message : String(error),
    })
  }

  async #wait(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#stop.signal, ref: false })
  }
}

interface End {
  readonly attempts: number
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded'
  readonly outcome?: Invocation
}

function recordOf(event: AsyncEvent, definition: FunctionDefinition, end: End): object {
  const { outcome } = end
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: event.id,
      functionArn: `${definition.arn}:$LATEST`,
      condition: end.condition,
      approximateInvokeCount: end.attempts,
    },
    requestPayload: parsed(event.payload),
    ...(outcome === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: '$LATEST',
            ...(outcome.functionError === undefined ? {} : { functionError: outcome.functionError }),
          },
          responsePayload: parsed(outcome.payload),
        }),
  }
}

function messageOf(outcome: Invocation | undefined): string {
  const error: unknown = outcome === undefined ? undefined : parsed(outcome.payload)
  return typeof error === 'object' && error !== null && 'errorMessage' in error
    ? String(error.errorMessage)
    : ''
}

function parsed(json: string): unknown {
  return JSON.parse(json)
}
