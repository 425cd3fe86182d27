/** `headend ingest replay`: uploads that ingest gave up on are tried again. */
import { replayDeadLetters } from '../../lib/platform/dead-letters.ts'
import { type Command, parse } from './command.ts'
import { choosePlace, outputNamed, placeOptions, placeUsage } from './place.ts'

const usage = `ingest replay ${placeUsage}`

export const ingestReplayCommand: Command = {
  name: 'ingest replay',
  usage,
  summary: 'tries uploads again that ended in the dead-letter queue',
  async run(args) {
    const { values } = parse(args, { options: placeOptions, positionals: 0, usage })
    const outputs = await choosePlace(values)
    const count = await replayDeadLetters({
      queue: outputNamed(outputs, 'IngestQueue'),
      deadLetters: outputNamed(outputs, 'IngestDeadLetters'),
    })
    return count === 0 ? 'nothing to replay\n' : `replaying ${count} upload${count === 1 ? '' : 's'}\n`
  },
}
