/** One defined function: runs invocations in its environments and holds them to its time, memory and sizes. */
import type { Faults } from '../faults/index.ts'
import { AwsFault } from '../service.ts'
import { within } from '../within.ts'
import type { AccountPool } from './account-pool.ts'
import type {
  FunctionDefinition,
  FunctionError,
  FunctionStats,
  Invocation,
  StreamedInvocation,
} from './definition.ts'
import { Environment, type Listener, type Outcome } from './environment.ts'
import type { LambdaLimits } from './limits.ts'
import type { Log, LogLevel } from './log-line.ts'
import { PacedBody } from './paced-body.ts'
import { Pool } from './pool.ts'

export interface RunningFunctionOptions {
  readonly definition: FunctionDefinition
  readonly endpoint: string
  readonly limits: LambdaLimits
  readonly account: AccountPool
  readonly log: Log
  readonly faults: Faults
}

/** Who is invoked, as the caller named it. */
export interface InvokeTarget {
  readonly requestId: string
  /** ARN as called, with its qualifier. */
  readonly arn: string
  readonly version: string
}

export class RunningFunction {
  readonly definition: FunctionDefinition
  readonly #limits: LambdaLimits
  readonly #log: Log
  readonly #faults: Faults
  readonly #pool: Pool
  readonly #count = { invocations: 0, errors: 0, timeouts: 0, throttles: 0, coldStarts: 0 }
  readonly #initMs = { total: 0, max: 0 }
  readonly #durationMs = { total: 0, max: 0 }

  constructor({ definition, endpoint, limits, account, log, faults }: RunningFunctionOptions) {
    this.definition = definition
    this.#limits = limits
    this.#log = log
    this.#faults = faults
    this.#pool = new Pool({
      start: (gone) =>
        new Environment({
          definition,
          endpoint,
          gone,
          print: ({ level, message, detail }, requestId) =>
            this.#print({ level, message, requestId, ...(detail && { detail }) }),
        }),
      size: limits.environmentsPerFunction,
      concurrency: definition.reservedConcurrency,
      account,
      idleMs: limits.idleMs,
    })
  }

  stats(): FunctionStats {
    return {
      ...this.#count,
      initMs: { ...this.#initMs },
      durationMs: { ...this.#durationMs },
      environments: this.#pool.count,
    }
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }

  /** Runs the function and returns its whole answer. */
  async invoke(payload: string, target: InvokeTarget): Promise<Invocation> {
    const chunks: Uint8Array[] = []
    let bytes = 0
    const outcome = await this.#run(payload, target, {
      opened: () => undefined,
      chunk: (chunk, taken) => {
        bytes += chunk.length
        if (bytes <= this.#limits.responseBytes) chunks.push(chunk)
        taken()
      },
    })
    if (outcome.kind !== 'streamed') return this.#answerOf(target.requestId, outcome)
    return this.#withinLimit(target.requestId, Buffer.concat(chunks).toString('utf8'), bytes)
  }

  /** Runs the function and resolves at the first byte of its answer, or with the whole when it does not stream. */
  stream(payload: string, target: InvokeTarget): Promise<StreamedInvocation> {
    const { requestId } = target
    const body = new PacedBody({
      burstBytes: this.#limits.streamBurstBytes,
      bytesPerSecond: this.#limits.streamBytesPerSecond,
      maximumBytes: this.#limits.streamedResponseBytes,
    })
    // A failure before the first byte, or after the reader left, has nobody else to hear it.
    body.on('error', () => undefined)
    const opened = Promise.withResolvers<StreamedInvocation>()
    const listener: Listener = {
      opened: (contentType) => opened.resolve({ kind: 'stream', requestId, contentType, body }),
      chunk: (chunk, taken) => {
        if (!body.receive(chunk, taken)) {
          this.#print({ level: 'ERROR', message: 'response too large', requestId })
        }
      },
    }
    // Once opened, only the body can tell how the rest went; the invocation is then no longer awaited.
    const whole = this.#run(payload, target, listener).then((outcome): StreamedInvocation => {
      if (outcome.kind === 'streamed' || (outcome.kind === 'failed' && outcome.ended)) body.finish()
      else if (outcome.kind === 'failed') body.destroy(new Error(outcome.error.errorMessage))
      return { kind: 'buffered', invocation: this.#answerOf(requestId, outcome) }
    })
    whole.then(opened.resolve, opened.reject)
    return opened.promise
  }

  async #run(payload: string, target: InvokeTarget, listener: Listener): Promise<Outcome> {
    const { environment, cold } = await this.#pool.acquire().catch((error: unknown) => {
      if (error instanceof AwsFault) this.#count.throttles++
      throw error
    })
    this.#count.invocations++
    try {
      const init = await this.#initialized(environment, target.requestId, cold)
      if ('error' in init) {
        environment.terminate()
        return this.#failed(target.requestId, init.error)
      }
      return await this.#timed(environment, {
        payload,
        target,
        listener,
        initMs: cold ? init.initMs : undefined,
      })
    } finally {
      this.#pool.release(environment)
    }
  }

  async #initialized(
    environment: Environment,
    requestId: string,
    cold: boolean,
  ): Promise<{ readonly initMs: number } | { readonly error: FunctionError }> {
    // Lambda starts an init that overran once more inside the invocation and its timeout.
    const limitMs = this.#limits.initMs + this.definition.timeoutSeconds * 1000
    const outcome = await within(limitMs, environment.ready)
    const init = outcome ?? { error: this.#timeoutError(requestId) }
    if (cold && 'initMs' in init) {
      this.#count.coldStarts++
      add(this.#initMs, init.initMs)
    }
    return init
  }

  async #timed(
    environment: Environment,
    turn: { payload: string; target: InvokeTarget; listener: Listener; initMs: number | undefined },
  ): Promise<Outcome> {
    const { payload, target, listener, initMs } = turn
    const timeoutMs = this.definition.timeoutSeconds * 1000
    const startedAt = performance.now()
    const timer = setTimeout(() => {
      this.#count.timeouts++
      environment.terminate(this.#timeoutError(target.requestId))
    }, timeoutMs)
    const rule = this.#faults.meet({ service: 'lambda', operation: 'run', resource: this.definition.name })
    const running = environment.run(
      {
        requestId: target.requestId,
        payload,
        deadlineMs: Date.now() + timeoutMs,
        functionArn: target.arn,
        functionVersion: target.version,
      },
      listener,
    )
    // At once where nothing is said: a timer of no time leaves a quick handler the time to answer.
    if (rule?.kind === 'kill' && rule.delayMs === undefined) environment.terminate()
    else if (rule?.kind === 'kill') setTimeout(() => environment.terminate(), rule.delayMs)
    const outcome = await running
    clearTimeout(timer)
    const durationMs = performance.now() - startedAt
    add(this.#durationMs, durationMs)
    this.#print({
      level: 'INFO',
      message: 'REPORT',
      requestId: target.requestId,
      detail: { durationMs: round(durationMs), ...(initMs === undefined ? {} : { initMs: round(initMs) }) },
    })
    return outcome.kind === 'failed' ? this.#failed(target.requestId, outcome.error, outcome.ended) : outcome
  }

  #failed(requestId: string, error: FunctionError, ended = false): Outcome {
    this.#count.errors++
    this.#print({
      level: 'ERROR',
      message: error.errorMessage,
      requestId,
      detail: { errorType: error.errorType, trace: error.trace ?? [] },
    })
    return { kind: 'failed', error, ended }
  }

  #answerOf(requestId: string, outcome: Outcome): Invocation {
    if (outcome.kind === 'failed') return wordFailure(requestId, outcome.error)
    const payload = outcome.kind === 'result' ? outcome.payload : ''
    return this.#withinLimit(requestId, payload, Buffer.byteLength(payload))
  }

  #withinLimit(requestId: string, payload: string, bytes: number): Invocation {
    if (bytes <= this.#limits.responseBytes) return { requestId, payload }
    const error: FunctionError = {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size exceeded maximum allowed payload size (${this.#limits.responseBytes} bytes).`,
    }
    this.#failed(requestId, error)
    return wordFailure(requestId, error)
  }

  #timeoutError(requestId: string): FunctionError {
    return {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after ${this.definition.timeoutSeconds.toFixed(2)} seconds`,
    }
  }

  #print(line: {
    level: LogLevel
    message: string
    requestId: string | undefined
    detail?: Readonly<Record<string, unknown>>
  }): void {
    const { level, message, requestId, detail } = line
    this.#log({
      time: new Date().toISOString(),
      level,
      source: this.definition.name,
      ...(requestId === undefined ? {} : { requestId }),
      message,
      ...(detail === undefined ? {} : { detail }),
    })
  }
}

function wordFailure(requestId: string, error: FunctionError): Invocation {
  return { requestId, payload: JSON.stringify(error), functionError: 'Unhandled' }
}

function add(sum: { total: number; max: number }, value: number): void {
  sum.total += value
  sum.max = Math.max(sum.max, value)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
