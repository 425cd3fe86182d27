/** The operator's tool: `npm run -s headend -- <command>`. Answers on stdout, `CODE: text` on stderr. */

import { type Command, helpOf } from './commands/command.ts'
import { dashSegmentsCommand } from './commands/dash-segments.ts'
import { doctorCommand } from './commands/doctor.ts'
import { hlsRewriteCommand } from './commands/hls-rewrite.ts'
import { ingestReplayCommand } from './commands/ingest-replay.ts'
import { keysExportCommand, keysImportCommand } from './commands/keys.ts'
import { mp4InspectCommand } from './commands/mp4-inspect.ts'
import { outputsCommand } from './commands/outputs.ts'
import { psshDecodeCommand, psshMakeCommand } from './commands/pssh.ts'
import { newRoomCommand, removeRoomCommand } from './commands/room.ts'
import { tokenCommand } from './commands/token.ts'
import { CommandError, type CommandErrorCode, isSentence } from './errors.ts'

const commands: readonly Command[] = [
  tokenCommand,
  doctorCommand,
  keysExportCommand,
  keysImportCommand,
  ingestReplayCommand,
  outputsCommand,
  mp4InspectCommand,
  hlsRewriteCommand,
  dashSegmentsCommand,
  psshDecodeCommand,
  psshMakeCommand,
  newRoomCommand,
  removeRoomCommand,
]

// A reader who has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

const args = process.argv.slice(2)
try {
  const text = await run(args)
  // What still waits for an answer that nobody wants any more must not keep the prompt.
  process.stdout.write(text, () => process.exit())
} catch (error) {
  process.stderr.write(`${sentence(error)}\n`)
  process.exitCode = 1
}

async function run(words: readonly string[]): Promise<string> {
  if (words.length === 0 || isHelp(words[0]) || words[0] === 'help') return help(words.slice(1))
  const command = commands.find(({ name }) => name.split(' ').every((word, i) => words[i] === word))
  if (!command)
    throw new CommandError('CLI_COMMAND', `${words.join(' ')}: no such command; \`headend help\` lists them`)
  const rest = words.slice(command.name.split(' ').length)
  return rest.some(isHelp) ? helpOf(command) : command.run(rest)
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h'
}

/** All commands, or those that words begin; `headend <command> --help` says the same of one. */
function help(words: readonly string[]): string {
  const meant = commands.filter(({ name }) => words.every((word, i) => name.split(' ')[i] === word))
  return (meant.length > 0 ? meant : commands).map(helpOf).join('\n')
}

/** `CODE: text`, whatever went wrong; a stack helps nobody at a prompt. */
function sentence(error: unknown): string {
  if (isSentence(error)) return `${error.code}: ${error.message}`
  // fetch says no more than that it failed; why stands in its cause.
  const said = error instanceof TypeError && error.cause !== undefined ? error.cause : error
  const { code, name, message } = said as { code?: string; name?: string; message?: string }
  if (code === 'ENOENT') return say('FILE_NOT_FOUND', `${message}`)
  if (code === 'ECONNREFUSED') return say('HEADEND_UNREACHABLE', `${message}; is \`npm start\` running?`)
  if (code === 'EISDIR') return say('FILE_IS_FOLDER', `${message}; expected a file`)
  if (name === 'CredentialsProviderError')
    return say(
      'CLI_CREDENTIALS',
      `${message}; name the headend that runs here by --data-dir (\`npm start\` keeps it in .headend), or for one in AWS sign in, as for the AWS CLI`,
    )
  return say('HEADEND_FAILED', `${name ?? 'Error'} ${message ?? String(error)}`)
}

function say(code: CommandErrorCode, text: string): string {
  return `${code}: ${text}`
}
