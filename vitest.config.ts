import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { projects, testsByProject } from './test/projects.ts'
import { Turns } from './test/turns.ts'

const files = testsByProject(import.meta.dirname)
// Every file runs in a process of its own, and many start some more, of the same modules.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache')

export default defineConfig({
  test: {
    reporters: ['default', './test/tally.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    sequence: { sequencer: Turns },
    // A machine may be slow: only what never comes waits so long.
    expect: { poll: { timeout: 30_000 } },
    env: { CDK_VALIDATION: 'false' },
    projects: projects.map((name) => ({
      extends: true as const,
      test: {
        name,
        include: [...(files.get(name) ?? [])],
        // Players take a machine that stands still for a network that does: what passes only when tried again is named at
        // the end of the run.
        ...(name === 'browser' && {
          retry: 2,
          maxConcurrency: 3,
          globalSetup: './test/browser/bring-chromium.ts',
        }),
      },
    })),
  },
})
