/** A fault come true: before a service does anything. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsFault, ConnectionReset } from '../service.ts'
import type { FaultCall, Faults } from './faults.ts'

/** How a service words its own faults. */
export interface FaultWords {
  readonly throttle: () => Error
  readonly internal: () => Error
}

/** Throws or waits as the rule says that the call meets; nothing where it meets none. */
export async function suffer(faults: Faults, call: FaultCall, words: FaultWords): Promise<void> {
  const rule = faults.meet(call)
  switch (rule?.kind) {
    case 'throttle':
      throw words.throttle()
    case 'internal':
      throw words.internal()
    case 'denied':
      throw new AwsFault('AccessDenied', `not allowed to ${call.operation}: a test asked for it`, 403)
    case 'reset':
      throw new ConnectionReset(`${call.service} ${call.operation}`)
    case 'delay':
    case 'stale':
    case 'kill':
      await sleep(rule.delayMs ?? 1000)
      return
    case undefined:
  }
}
