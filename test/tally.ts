/**
 * Ends a run with what took longest, what passed only when tried again, and one plain line that people and CI can read:
 * `N passed, N failed, N skipped`.
 */
import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

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
    tellRetried(modules)
    // CI has every part: there, a test that skips itself is one that nobody runs.
    if (process.env['HEADEND_REQUIRE_ALL'] === '1' && count.skipped > 0) {
      console.error(`\n${count.skipped} tests skipped where nothing may be`)
      process.exitCode = 1
    }
    console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  }
}

function tellSlowest(modules: readonly TestModule[]): void {
  const timed = modules.map((module) => {
    const { duration, setupDuration, collectDuration } = module.diagnostic()
    return { path: relative(process.cwd(), module.moduleId), ms: duration + setupDuration + collectDuration }
  })
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
