import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    reporters: ['default', './test/tally.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // A machine may be slow: only what never comes waits so long.
    expect: { poll: { timeout: 30_000 } },
    env: { CDK_VALIDATION: 'false' },
    projects: [
      {
        extends: true,
        test: { name: 'rest', include: ['test/**/*.test.ts'], exclude: ['test/browser/**'] },
      },
      // Players see a machine that stands still as a network that does: what passes only when tried again is named at the end.
      { extends: true, test: { name: 'browser', include: ['test/browser/**/*.test.ts'], retry: 1 } },
    ],
  },
})
