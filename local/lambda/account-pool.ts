/** The concurrent executions of an account in a region: what is reserved for functions, and what all others share. */
import { AwsFault } from '../service.ts'

export interface AccountPool {
  /** Sets aside for a function; undefined gives back what it had. */
  reserve(functionName: string, executions: number | undefined): void
  /** One of those that are shared; throws 429 where none is left. */
  enter(): void
  leave(): void
}

/** AWS leaves so many to functions for which nothing is reserved; an account that has fewer can reserve nothing. */
const minShared = 100

/** A pool with the account's quota. */
export function createAccountPool(quota: number): AccountPool {
  const reserved = new Map<string, number>()
  let busy = 0
  const shared = (): number => quota - [...reserved.values()].reduce((sum, one) => sum + one, 0)
  return {
    reserve(functionName, executions) {
      reserved.delete(functionName)
      if (executions === undefined) return
      const least = Math.min(minShared, quota)
      if (shared() - executions < least)
        throw new AwsFault(
          'InvalidParameterValueException',
          `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${least}].`,
        )
      reserved.set(functionName, executions)
    },
    enter() {
      if (busy >= shared())
        throw new AwsFault('TooManyRequestsException', 'Rate Exceeded.', 429, {
          Reason: 'ConcurrentInvocationLimitExceeded',
        })
      busy++
    },
    leave() {
      busy--
    },
  }
}
