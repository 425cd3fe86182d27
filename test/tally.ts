/**
 * Ends a run with what took longest, what passed only when tried again, and one plain line that people and CI can read:
 * `N passed, N failed, N skipped`.
 */
import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'
import { fileSeconds } from './turns.ts'

const slowestShown = 10

export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    // An error nobody awaited fails the run, so it counts.
    const count = { passed: 0, failed: unhandled.length, skipped: 0 }
    for (const module of modules) {
      const before = count.failed
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') count[state]++
      }
      // A module that breaks while loading or setting up has no failed test, yet it has failed.
      if (module.state() === 'failed' && count.failed === before) count.failed++
    }
    tellSlowest(modules)
    if (process.env['HEADEND_SECONDS'] === 'write') writeSeconds(modules)
    tellRetried(modules)
    // CI has every part: there, a test that skips itself is one that nobody runs.
    if (process.env['HEADEND_REQUIRE_ALL'] === '1' && count.skipped > 0) {
      console.error(`\n${count.skipped} tests skipped where nothing may be`)
      process.exitCode = 1
    }
    console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  }
}

/** Shorter ones are the same to who puts files in order. */
const minSeconds = 3

const timesOf = (modules: readonly TestModule[]) =>
  modules.map((module) => {
    const { duration, setupDuration, collectDuration } = module.diagnostic()
    return { path: relative(process.cwd(), module.moduleId), ms: duration + setupDuration + collectDuration }
  })

/** Notes what files took, for `turns.ts`; on a quiet machine. */
function writeSeconds(modules: readonly TestModule[]): void {
  const long = timesOf(modules)
    .map(({ path, ms }) => [path, Math.round(ms / 1000)] as const)
    .filter(([, seconds]) => seconds >= minSeconds)
  // Who runs a part of them knows nothing new of the others.
  const all = Object.entries({ ...fileSeconds, ...Object.fromEntries(long) })
  const inOrder = all.toSorted(([a], [b]) => a.localeCompare(b))
  const text = `${JSON.stringify(Object.fromEntries(inOrder), undefined, 2)}\n`
  writeFileSync(join(import.meta.dirname, 'seconds.json'), text)
}

function tellSlowest(modules: readonly TestModule[]): void {
  const timed = timesOf(modules)
  const slowest = timed.toSorted((a, b) => b.ms - a.ms).slice(0, slowestShown)
  console.log(`\nslowest of ${timed.length} files:`)
  for (const { path, ms } of slowest) console.log(`${(ms / 1000).toFixed(1).padStart(8)} s  ${path}`)
}

function tellRetried(modules: readonly TestModule[]): void {
  const retried = modules.flatMap((module) =>
    Array.from(module.children.allTests()).filter((test) => (test.diagnostic()?.retryCount ?? 0) > 0),
  )
  if (retried.length === 0) return
  console.log('\ntried again:')
  for (const test of retried) console.log(`  ${test.fullName} (${test.diagnostic()?.retryCount} times)`)
}
