/** Ends a run with one plain line that people and CI can read: `N passed, N failed, N skipped`. */
import type { Reporter, TestModule } from 'vitest/node'

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
    // CI has every part: there, a test that skips itself is one that nobody runs.
    if (process.env['HEADEND_REQUIRE_ALL'] === '1' && count.skipped > 0) {
      console.error(`\n${count.skipped} tests skipped where nothing may be`)
      process.exitCode = 1
    }
    console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  }
}
