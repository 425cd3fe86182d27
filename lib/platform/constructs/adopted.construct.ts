/** Resources that an earlier stack retained and this one takes over, listed in the context value `adopt`. */
import { existsSync, readFileSync } from 'node:fs'
import type { Construct } from 'constructs'
import { HeadendError } from '../../errors.ts'

/** Keyed by the names of the stack outputs, so that an outputs file of the earlier stacks is all that is needed. */
export type Adoptable =
  | 'UploadBucket'
  | 'MediaBucket'
  | 'IndexTable'
  | 'IndexStream'
  | 'RightsTable'
  | 'ChannelsTable'
  | 'FilmsKey'
  | 'ContentKeys'
  | 'SessionStore'
  | SecretOutput

/** Secrets whose values an operator has entered or shared with others. */
export type SecretOutput =
  | 'OperatorSecret'
  | 'PlaybackSecret'
  | 'SpekeSecret'
  | 'LicenceServersSecret'
  | 'FrontSecret'

/** The name or ARN of the resource to take over; undefined if it is to be created. */
export function adopted(scope: Construct, name: Adoptable): string | undefined {
  const said: unknown = scope.node.tryGetContext('adopt')
  if (said === undefined) return undefined
  const outputs = flattened(typeof said === 'string' ? readOutputs(said) : said)
  const value = outputs[name]
  if (value === undefined || typeof value === 'string') return value
  throw wrong(`${name}: expected a text`, value)
}

/** Reads the context value: the name of a file, or JSON. */
function readOutputs(said: string): unknown {
  const isFile = !said.trimStart().startsWith('{')
  if (isFile && !existsSync(said)) throw wrong('expected a file or JSON', said)
  try {
    return JSON.parse(isFile ? readFileSync(said, 'utf8') : said)
  } catch {
    throw wrong('expected JSON', said)
  }
}

/** The outputs of one stack, of several by stack name, or of all in the format of `headend outputs`. */
function flattened(outputs: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(outputs)) throw wrong('expected outputs by their names', outputs)
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([name, value]) =>
      isObject(value) ? Object.entries(value) : [[name, value]],
    ),
  )
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (expected: string, got: unknown): HeadendError =>
  new HeadendError('STACK_ADOPT', `context adopt: ${expected}, got ${JSON.stringify(got).slice(0, 120)}`)
