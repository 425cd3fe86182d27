import { defineConfig } from 'vitest/config'
import { testsByProject } from '../projects.ts'

const root = new URL('../..', import.meta.url).pathname
const testTimeout = 24 * 3600_000

/** Films that CI encrypts under one scheme each. */
const encryptedFilms = [
  'test/packaging/segments/protected-films.test.ts',
  'test/house/films/protected-ffmpeg.test.ts',
  'test/house/films/lip-sync.test.ts',
]

/**
 * What takes hours and finds what minutes do not: `npm run soak`; all players with all films: `-- --project players`; all
 * films under all schemes: `-- --project films`.
 */
export default defineConfig({
  test: {
    root,
    maxWorkers: 2,
    reporters: ['default', './test/tally.ts'],
    projects: [
      { test: { root, name: 'soak', include: ['test/soak/*.soak.ts'], testTimeout } },
      {
        test: {
          root,
          name: 'players',
          include: [
            ...(testsByProject(root).get('browser') ?? []),
            'test/house/rights/protected-presentations.test.ts',
          ],
          env: { HEADEND_MATRIX: 'whole', CDK_VALIDATION: 'false' },
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxConcurrency: 3,
          globalSetup: './test/browser/bring-chromium.ts',
        },
      },
      {
        test: {
          root,
          name: 'films',
          include: encryptedFilms,
          env: { HEADEND_MATRIX: 'whole', CDK_VALIDATION: 'false' },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
