/** `headend dash segments`: every segment an MPD names. */
import { readFile } from 'node:fs/promises'
import { dashSegments } from '../../lib/formats/dash/index.ts'
import { type Command, parse } from './command.ts'

const usage = 'dash segments FILE --json'

export const dashSegmentsCommand: Command = {
  name: 'dash segments',
  usage,
  summary: 'prints the segments an MPD names, as JSON',
  async run(args) {
    const { positionals } = parse(args, { options: { json: { type: 'boolean' } }, positionals: 1, usage })
    return `${JSON.stringify(dashSegments(await readFile(positionals[0] ?? '', 'utf8'), { nowMs: Date.now() }), null, 2)}\n`
  },
}
