/** The environments of one function: reused when idle, started when none is, taken down when idle too long. */
import { AwsFault } from '../service.ts'
import type { AccountPool } from './account-pool.ts'
import type { Environment } from './environment.ts'

export interface PoolOptions {
  readonly start: (gone: (environment: Environment) => void) => Environment
  /** Environments at once; more requests wait. */
  readonly size: number
  /** Requests at once; more are refused, as reserved concurrency does. Undefined: what the account shares. */
  readonly concurrency: number | undefined
  readonly account: AccountPool
  readonly idleMs: number
}

export interface Acquired {
  readonly environment: Environment
  /** Started for this request. */
  readonly cold: boolean
}

interface Idle {
  readonly environment: Environment
  readonly timer: NodeJS.Timeout
}

export class Pool {
  readonly #all = new Set<Environment>()
  readonly #idle: Idle[] = []
  readonly #waiting: PromiseWithResolvers<Acquired>[] = []
  #busy = 0
  readonly #options: PoolOptions

  constructor(options: PoolOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#all.size
  }

  /** An environment for one invocation; throws 429 past the reserved concurrency, or past the account's. */
  async acquire(): Promise<Acquired> {
    const { concurrency, account, size } = this.#options
    if (concurrency === undefined) account.enter()
    else if (this.#busy >= concurrency) throw throttled()
    this.#busy++
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(idle.timer)
      if (!idle.environment.dead) return { environment: idle.environment, cold: false }
    }
    if (this.#all.size < size) return { environment: this.#start(), cold: true }
    const turn = Promise.withResolvers<Acquired>()
    this.#waiting.push(turn)
    return turn.promise
  }

  /** Gives the environment back; a dead one is replaced when somebody waits. */
  release(environment: Environment): void {
    this.#busy--
    if (this.#options.concurrency === undefined) this.#options.account.leave()
    const next = this.#waiting.shift()
    if (environment.dead) {
      this.#all.delete(environment)
      next?.resolve({ environment: this.#start(), cold: true })
    } else if (next !== undefined) {
      next.resolve({ environment, cold: false })
    } else {
      const timer = setTimeout(() => environment.terminate(), this.#options.idleMs)
      timer.unref()
      this.#idle.push({ environment, timer })
    }
  }

  async close(): Promise<void> {
    for (const turn of this.#waiting.splice(0)) turn.reject(new Error('the local cloud is closing'))
    for (const { timer } of this.#idle) clearTimeout(timer)
    const all = [...this.#all]
    for (const environment of all) environment.terminate()
    await Promise.all(all.map(({ closed }) => closed))
  }

  #start(): Environment {
    const environment = this.#options.start((gone) => this.#all.delete(gone))
    this.#all.add(environment)
    return environment
  }
}

function throttled(): AwsFault {
  return new AwsFault('TooManyRequestsException', 'Rate Exceeded.', 429, {
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  })
}
