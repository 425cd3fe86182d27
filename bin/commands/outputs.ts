/** `headend outputs`: what all stacks of a headend put out, in the one shape scripts read. */
import { type Command, parse } from './command.ts'
import { choosePlace, outputNamed, placeOptions } from './place.ts'

const usage = 'outputs [FILE | --data-dir .headend | --cloud [--stage STAGE]] [--only NAME]'

export const outputsCommand: Command = {
  name: 'outputs',
  usage,
  summary:
    'prints the outputs of all stacks as {"Headend":{…}}; FILE is what cdk deploy --outputs-file wrote',
  async run(args) {
    const isOfFile = args[0] !== undefined && !args[0].startsWith('-')
    const { values, positionals } = parse(args, {
      options: { ...placeOptions, only: { type: 'string' } },
      positionals: isOfFile ? 1 : 0,
      usage,
    })
    const outputs = await choosePlace({ ...values, ...(isOfFile && { outputs: positionals[0] }) })
    if (values.only !== undefined) return `${outputNamed(outputs, values.only)}\n`
    return `${JSON.stringify({ Headend: outputs }, undefined, 2)}\n`
  },
}
