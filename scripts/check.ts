/** `npm run check`: every judge of the source is heard, then the verdict. */
import { spawnSync } from 'node:child_process'

const steps = [
  { says: 'formatted', command: 'biome', args: ['ci', '.'] },
  { says: 'no floating promise, no any, no cycle', command: 'oxlint', args: [] },
  { says: 'types hold', command: 'tsc', args: ['-p', '.'] },
  { says: 'types of the console hold', command: 'tsc', args: ['-p', 'web'] },
  {
    says: 'docs/errors.md is as the tables say',
    command: process.execPath,
    args: ['scripts/error-docs.ts', '--check'],
  },
  {
    says: 'docs/events.md is as the rooms say',
    command: process.execPath,
    args: ['scripts/event-docs.ts', '--check'],
  },
  { says: 'nothing unused', command: 'knip', args: [] },
]

const failed = steps.filter(({ says, command, args }) => {
  console.log(`\n== ${says}`)
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (error) console.error(`${command}: ${error.message}; run npm ci`)
  return status !== 0
})
console.log(failed.length === 0 ? '\nall hold' : `\nnot: ${failed.map(({ says }) => says).join('; ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
