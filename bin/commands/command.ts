/** What every command of the operator's tool is. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { HeadendError } from '../../lib/errors.ts'

/** `name` is the words that call it; `run` takes the rest and gives what goes to stdout. */
export interface Command {
  readonly name: string
  readonly usage: string
  readonly summary: string
  run(args: readonly string[]): Promise<string>
}

/** Options and positionals of a command; throws CLI_USAGE with the usage line where they do not fit. */
export function parse<Config extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  {
    options,
    positionals,
    usage,
  }: { readonly options: Config; readonly positionals: number; readonly usage: string },
) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
    if (parsed.positionals.length === positionals) return parsed
  } catch (cause) {
    throw new HeadendError('CLI_USAGE', `${(cause as Error).message}; usage: headend ${usage}`, { cause })
  }
  throw new HeadendError('CLI_USAGE', `expected ${positionals} argument(s); usage: headend ${usage}`)
}
