/** `headend token`: a token for the operator's API and console. */
import { HeadendError } from '../../lib/errors.ts'
import { operatorKey } from '../../lib/platform/operator-key.ts'
import { mintOperatorToken } from '../../lib/platform/operator-token.ts'
import { type Command, parse } from './command.ts'
import { choosePlace, placeOptions } from './place.ts'

const usage = 'token --role operator [--ttl 12h] [--data-dir .headend | --cloud]'
const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

export const tokenCommand: Command = {
  name: 'token',
  usage,
  summary: 'prints a token and nothing else',
  async run(args) {
    const options = { role: { type: 'string' }, ttl: { type: 'string' }, ...placeOptions } as const
    const { values } = parse(args, { options, positionals: 0, usage })
    if (values.role !== 'operator')
      throw new HeadendError(
        'CLI_USAGE',
        `--role: expected operator, got ${values.role}; usage: headend ${usage}`,
      )
    const lifetimeSeconds = seconds(values.ttl ?? '12h')
    choosePlace(values)
    return `${await mintOperatorToken(await operatorKey(), { now: new Date(), lifetimeSeconds })}\n`
  },
}

function seconds(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count === undefined)
    throw new HeadendError('CLI_USAGE', `--ttl: expected a number and s, m, h or d, got ${text}`)
  return Number(count) * (unitSeconds[unit] ?? 1)
}
