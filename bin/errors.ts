/** Errors of the operator's tool and of `npm start`: what a person at a prompt did, or has to do. */
import { type ErrorCode, HeadendError } from '../lib/errors.ts'
import { LocalError } from '../local/errors.ts'

/** Their codes, what they mean and what to do. */
export const commandErrors = {
  CLI_COMMAND: { meaning: 'There is no such command.', advice: 'See `headend help` for those there are.' },
  CLI_CREDENTIALS: {
    meaning: 'There are no credentials of AWS.',
    advice: 'Name the headend that runs here by --data-dir, or sign in as for the AWS CLI.',
  },
  CLI_OUTPUT: {
    meaning: 'The outputs of the stacks lack one the command needs.',
    advice: 'Deploy all stacks, of the version of this tool.',
  },
  CLI_OUTPUTS: {
    meaning: 'The file of outputs does not hold the outputs of stacks.',
    advice: 'Name the file that cdk deploy --outputs-file wrote.',
  },
  CLI_PLACE: {
    meaning: 'No headend was started in the directory.',
    advice: 'Run npm start, name its directory by --data-dir, or say --cloud.',
  },
  CLI_STACK: {
    meaning: 'A stack’s outputs can not be read.',
    advice: 'Check --stage, region and the account’s credentials.',
  },
  CLI_USAGE: {
    meaning: 'The command was called with other words than it takes.',
    advice: 'Call it as its usage says.',
  },
  DOCTOR_SILENCE: {
    meaning: 'What the doctor asked did not answer.',
    advice: 'Check that this machine reaches the address, and that the stacks are deployed.',
  },
  FILE_IS_FOLDER: { meaning: 'A folder was named where a file is read.', advice: 'Name a file in it.' },
  FILE_NOT_FOUND: { meaning: 'A file that was named is not there.', advice: 'Check its path.' },
  HEADEND_FAILED: {
    meaning: 'Something failed that nobody foresaw.',
    advice: 'Read the sentence behind it, and report it with the command.',
  },
  HEADEND_UNREACHABLE: {
    meaning: 'Nobody answers at the address.',
    advice: 'Run npm start, or say --cloud.',
  },
  KEYS_CLOSED: {
    meaning: 'A key to import is encrypted or absent.',
    advice: 'Name your private key by --key, or have the document made with its keys.',
  },
  KEYS_PRIVATE_KEY: {
    meaning: 'The file of --key holds no private key.',
    advice: 'Name a private key in PEM.',
  },
  KEYS_REFUSED: {
    meaning: 'The key server refused without a code.',
    advice: 'Read what it said: credentials, and their right to call the key exchange.',
  },
  PUSH_ENCRYPTED: {
    meaning: 'What is to be pushed is encrypted.',
    advice: 'Push what comes before its encryption: a channel takes what is in the clear.',
  },
  PUSH_FOLDER: {
    meaning: 'The folder to push from can not be read, or holds too much.',
    advice: 'Name the folder that the encoder writes into.',
  },
  PUSH_REFUSED: {
    meaning: 'The API refused a push without a code.',
    advice: 'Read what it said, and whether this is the headend that is meant.',
  },
  PUSH_SOURCE: {
    meaning: 'The playlist or MPD to push can not be read, or is of a kind that is not pushed.',
    advice: 'Read what the message says of it, and open its URL in a player.',
  },
  SCAFFOLD_DOCS: {
    meaning: 'The page of errors could not be made anew, so nothing was written.',
    advice: 'Run node scripts/error-docs.ts, mend what it says, and call the command again.',
  },
  SCAFFOLD_EDITED: {
    meaning: 'What is to be removed was edited since it was written, or something uses it.',
    advice: 'Undo what the message lists, or remove the rest by hand.',
  },
  SCAFFOLD_FORMAT: {
    meaning: 'The formatter does not take what is to be written.',
    advice: 'Run npm ci, and npm run check; report what stays as a fault of the templates.',
  },
  SCAFFOLD_NAME: {
    meaning: 'The name can not be given, is taken, or is nobody’s.',
    advice: 'Choose another name, as the message says.',
  },
  SCAFFOLD_PLACE: {
    meaning: 'A file that knows all rooms was changed so that a line for another has no place.',
    advice: 'Add by hand what the message lists, or bring the file back to its form.',
  },
  LOCAL_BUILD_FAILED: {
    meaning: 'The functions could not be built, or the stacks not synthesized.',
    advice: 'Mend what the lines behind it say.',
  },
  LOCAL_DATA_DIR: {
    meaning: 'The data directory can not be written.',
    advice: 'Name another one by --data-dir.',
  },
  LOCAL_OPTION: {
    meaning: 'npm start was called with an option it has not.',
    advice: 'Call it as its help says.',
  },
  LOCAL_PORT: { meaning: 'The port is none.', advice: 'Name one from 0 to 65530 by --port.' },
} as const satisfies Readonly<Record<string, { readonly meaning: string; readonly advice: string }>>

/** The codes of commands. */
export type CommandErrorCode = keyof typeof commandErrors

/** What a command says at its end, by its own code or by one that a headend answered. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: CommandErrorCode | ErrorCode

  constructor(code: CommandErrorCode | ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** Whether an error says itself what happened: then its code and message are all that a prompt shows. */
export const isSentence = (error: unknown): error is CommandError | HeadendError | LocalError =>
  error instanceof CommandError || error instanceof HeadendError || error instanceof LocalError
