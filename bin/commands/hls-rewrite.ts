/** `headend hls rewrite`: reads a playlist and writes it again. */
import { readFile } from 'node:fs/promises'
import { identityRewrite } from '../../lib/formats/hls/index.ts'
import { CommandError } from '../errors.ts'
import { type Command, parse } from './command.ts'

const usage = 'hls rewrite --identity FILE'

export const hlsRewriteCommand: Command = {
  name: 'hls rewrite',
  usage,
  summary: 'reads a playlist and prints it again, every tag and URI in its place',
  async run(args) {
    const { values, positionals } = parse(args, {
      options: { identity: { type: 'boolean' } },
      positionals: 1,
      usage,
    })
    if (!values.identity) throw new CommandError('CLI_USAGE', `expected --identity; usage: headend ${usage}`)
    return identityRewrite(await readFile(positionals[0] ?? '', 'utf8'))
  },
}
