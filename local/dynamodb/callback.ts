/** Promises handed to dynalite's callbacks. */
import type { Done } from 'dynalite/db/index.js'

/** Answers `done` with what the promise comes to; an action that throws in its callback is told so there, too. */
export async function answer<Value>(done: Done<NonNullable<Value>>, promise: Promise<Value>): Promise<void> {
  try {
    done(null, (await promise) ?? undefined)
  } catch (error) {
    done(error)
  }
}
