/** One execution environment: a thread with its own `process.env`, memory limit and loaded handler. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { account, region } from '../service.ts'
import type { FunctionDefinition, FunctionError } from './definition.ts'
import type { LogLine } from './log-line.ts'
import type { FromThread, InvokeMessage, ThreadSettings, ToThread } from './protocol.ts'
import { compileCache } from './protocol.ts'
import { lineReader } from './written-lines.ts'

/** How an invocation ended. */
export type Outcome =
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'streamed' }
  /** `ended`: its reader sees the end of a response, not that it broke off. */
  | { readonly kind: 'failed'; readonly error: FunctionError; readonly ended: boolean }

/** What an invocation says while it runs. `taken` gives the function leave to write as much again. */
export interface Listener {
  opened(contentType: string | undefined): void
  chunk(bytes: Uint8Array, taken: () => void): void
}

interface Turn {
  readonly requestId: string
  readonly listener: Listener
  readonly settle: (outcome: Outcome) => void
}

export interface EnvironmentOptions {
  readonly definition: FunctionDefinition
  readonly endpoint: string
  readonly print: (line: Pick<LogLine, 'level' | 'message' | 'detail'>, requestId?: string) => void
  /** Called once when the thread is gone, whatever the reason. */
  readonly gone: (environment: Environment) => void
}

export class Environment {
  /** Milliseconds from start to a loaded handler, or the error that came instead. */
  readonly ready: Promise<{ readonly initMs: number } | { readonly error: FunctionError }>
  /** Resolves when the thread is gone. */
  readonly closed: Promise<void>
  #dead = false
  #turn: Turn | undefined
  readonly #worker: Worker

  constructor({ definition, endpoint, print, gone }: EnvironmentOptions) {
    const startedAt = performance.now()
    const settings: ThreadSettings = {
      codeDir: definition.codeDir,
      handler: definition.handler,
      runtime: definition.runtime,
      name: definition.name,
      memoryMb: definition.memoryMb,
    }
    const worker = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: settings,
      // Compiled once for all threads of a function: the larger part of a cold start. Removed by the thread.
      env: { ...environmentOf(definition, endpoint), [compileCache]: compiledIn() },
      execArgv: [],
      argv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: definition.memoryMb },
    })
    this.#worker = worker
    for (const [output, level] of [
      [worker.stdout, 'INFO'],
      [worker.stderr, 'ERROR'],
    ] as const) {
      output.setEncoding('utf8').on(
        'data',
        lineReader(level, (line) => print(line, this.#turn?.requestId)),
      )
    }

    this.closed = new Promise((resolve) => worker.once('exit', () => resolve()))
    this.ready = new Promise((resolve) => {
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'ready') {
          // An idle thread must not keep the process alive.
          worker.unref()
          resolve({ initMs: performance.now() - startedAt })
        } else if (message.kind === 'init-failed') resolve({ error: message.error })
        else if (message.kind === 'log') print(message, message.requestId)
        else if (message.kind === 'out-of-memory') this.#die(outOfMemory)
        else this.#hear(message)
      })
      const ended = (word: (requestId: string) => FunctionError): void => {
        resolve({ error: word(this.#turn?.requestId ?? 'init') })
        this.#die(word)
      }
      worker.on('error', (error: unknown) => ended((requestId) => wordDeath(error, requestId)))
      worker.on('exit', (code) => {
        ended((requestId) => exited(code, requestId))
        gone(this)
      })
    })
  }

  get dead(): boolean {
    return this.#dead
  }

  /** Runs one invocation; the environment must be ready and idle. */
  run(message: Omit<InvokeMessage, 'kind'>, listener: Listener): Promise<Outcome> {
    return new Promise((settle) => {
      if (this.#dead) {
        settle({ kind: 'failed', error: exited(1, message.requestId), ended: false })
        return
      }
      this.#turn = { requestId: message.requestId, listener, settle }
      this.#worker.ref()
      this.#post({ kind: 'invoke', ...message })
    })
  }

  /** Ends the thread and with it the invocation that runs. */
  terminate(error?: FunctionError): void {
    this.#die((requestId) => error ?? exited(1, requestId))
  }

  #hear(message: FromThread): void {
    const turn = this.#turn
    if (turn === undefined) return
    switch (message.kind) {
      case 'opened':
        turn.listener.opened(message.contentType)
        break
      case 'chunk': {
        const bytes = message.bytes.length
        turn.listener.chunk(message.bytes, () => this.#post({ kind: 'taken', bytes }))
        break
      }
      case 'result':
        this.#settle({ kind: 'result', payload: message.payload })
        break
      case 'ended':
        this.#settle({ kind: 'streamed' })
        break
      case 'failed':
        this.#settle({ kind: 'failed', error: message.error, ended: message.ended })
        break
      case 'broken':
        this.#die(() => message.error)
        break
      case 'ready':
      case 'init-failed':
      case 'log':
      case 'out-of-memory':
        break
    }
  }

  #settle(outcome: Outcome): void {
    const turn = this.#turn
    this.#turn = undefined
    this.#worker.unref()
    turn?.settle(outcome)
  }

  #die(word: (requestId: string) => FunctionError): void {
    if (this.#dead) return
    this.#dead = true
    const requestId = this.#turn?.requestId
    if (requestId !== undefined) this.#settle({ kind: 'failed', error: word(requestId), ended: false })
    void this.#worker.terminate()
  }

  #post(message: ToThread): void {
    if (!this.#dead) this.#worker.postMessage(message, [])
  }
}

/** Where Node keeps compiled code where nothing else is said. */
const compiledIn = (): string => process.env[compileCache] ?? join(tmpdir(), 'node-compile-cache')

function wordDeath(error: unknown, requestId: string): FunctionError {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return outOfMemory(requestId)
  }
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) }
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
}

function outOfMemory(requestId: string): FunctionError {
  return {
    errorType: 'Runtime.OutOfMemory',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
  }
}

function exited(code: number, requestId: string): FunctionError {
  const reason =
    code === 0
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: exit status ${code}`
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${reason}` }
}

/** The variables of the Lambda environment, the function's own, and the endpoint in place of AWS. */
function environmentOf(definition: FunctionDefinition, endpoint: string): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/bin',
    LANG: 'en_US.UTF-8',
    // The person's own profile is not the function's; in Lambda there are no such files.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    TZ: ':UTC',
    ...definition.environment,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.name}`,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCOUNT_ID: account,
    AWS_ACCESS_KEY_ID: definition.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: definition.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: definition.credentials.sessionToken,
    AWS_ENDPOINT_URL: endpoint,
    LAMBDA_TASK_ROOT: definition.codeDir,
    _HANDLER: definition.handler,
  }
}
