import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/tally.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // A machine may be slow: only what never comes waits so long.
    expect: { poll: { timeout: 30_000 } },
    env: { CDK_VALIDATION: 'false' },
  },
})
