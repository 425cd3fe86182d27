/** The operator's tool but for its process: which command is meant, and what is said where it fails. */

import { CommandError, type CommandErrorCode, isSentence } from '../errors.ts'
import { type Command, helpOf } from './command.ts'
import { dashSegmentsCommand } from './dash-segments.ts'
import { doctorCommand } from './doctor.ts'
import { hlsRewriteCommand } from './hls-rewrite.ts'
import { ingestReplayCommand } from './ingest-replay.ts'
import { keysExportCommand, keysImportCommand } from './keys.ts'
import { mp4InspectCommand } from './mp4-inspect.ts'
import { outputsCommand } from './outputs.ts'
import { psshDecodeCommand, psshMakeCommand } from './pssh.ts'
import { pushCommand } from './push.ts'
import { newRoomCommand, removeRoomCommand } from './room.ts'
import { scte35DecodeCommand, scte35EncodeCommand, scte35ToXmlCommand } from './scte35.ts'
import { tokenCommand } from './token.ts'

const commands: readonly Command[] = [
  tokenCommand,
  doctorCommand,
  keysExportCommand,
  keysImportCommand,
  pushCommand,
  ingestReplayCommand,
  outputsCommand,
  mp4InspectCommand,
  hlsRewriteCommand,
  dashSegmentsCommand,
  psshDecodeCommand,
  psshMakeCommand,
  scte35DecodeCommand,
  scte35EncodeCommand,
  scte35ToXmlCommand,
  newRoomCommand,
  removeRoomCommand,
]

/** What a command line is answered on stdout; throws where it fails. */
export async function call(words: readonly string[]): Promise<string> {
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
export function sentence(error: unknown): string {
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
