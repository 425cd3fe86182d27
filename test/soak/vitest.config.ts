import { defineConfig } from 'vitest/config'

/** What takes hours and finds what minutes do not: `npm run soak`. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/soak/*.soak.ts'],
    testTimeout: 24 * 3600_000,
    maxWorkers: 2,
  },
})
