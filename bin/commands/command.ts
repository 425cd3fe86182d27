/** What every command of the operator's tool is. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { CommandError } from '../errors.ts'

/** `name` is the words that call it; `run` takes the rest and gives what goes to stdout. */
export interface Command {
  readonly name: string
  readonly usage: string
  readonly summary: string
  run(args: readonly string[]): Promise<string>
}

/** What a terminal shows without a break of its own. */
const columns = 80

/** How a command is called and what it does, in lines of at most 80 columns. */
export function helpOf({ usage, summary }: Pick<Command, 'usage' | 'summary'>): string {
  // What stands in brackets, and an option and its value, stay together.
  const calls = usage.match(/\[[^\]]*\]\S*|--\S+ [A-Za-z]\S*|\S+/g) ?? []
  return `${folded(['headend', ...calls], '      ')}\n${folded(['   ', ...summary.split(' ')], '    ')}\n`
}

/** Words in lines; each but the first begins with an indent. */
function folded(words: readonly string[], indent: string): string {
  const [first = '', ...rest] = words
  const lines = [first]
  for (const word of rest) {
    const line = `${lines.at(-1)} ${word}`
    if (line.length <= columns) lines[lines.length - 1] = line
    else lines.push(indent + word)
  }
  return lines.join('\n')
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
    throw new CommandError('CLI_USAGE', `${(cause as Error).message}; usage: headend ${usage}`, { cause })
  }
  throw new CommandError('CLI_USAGE', `expected ${positionals} argument(s); usage: headend ${usage}`)
}
