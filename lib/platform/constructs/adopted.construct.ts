/** What an earlier stack kept when it went, and this one takes over: said by the context `adopt`. */
import { existsSync, readFileSync } from 'node:fs'
import type { Construct } from 'constructs'
import { HeadendError } from '../../errors.ts'

/** By the names of the outputs that say it, so that an outputs file of the earlier stacks is all that is needed. */
export type Adoptable =
  | 'UploadBucket'
  | 'MediaBucket'
  | 'IndexTable'
  | 'IndexStream'
  | 'RightsTable'
  | 'FilmsKey'
  | 'ContentKeys'
  | 'SessionStore'
  | SecretOutput

/** Secrets an operator has filled in, or has handed on. */
export type SecretOutput =
  | 'OperatorSecret'
  | 'PlaybackSecret'
  | 'SpekeSecret'
  | 'LicenceServersSecret'
  | 'FrontSecret'

/** The name or ARN of what is taken over; undefined where it is to be made. */
export function adopted(scope: Construct, name: Adoptable): string | undefined {
  const said: unknown = scope.node.tryGetContext('adopt')
  if (said === undefined) return undefined
  const outputs = flattened(typeof said === 'string' ? readOutputs(said) : said)
  const value = outputs[name]
  if (value === undefined || typeof value === 'string') return value
  throw wrong(`${name}: expected a text`, value)
}

/** A file, or JSON as it is. */
function readOutputs(said: string): unknown {
  const isFile = !said.trimStart().startsWith('{')
  if (isFile && !existsSync(said)) throw wrong('expected a file or JSON', said)
  try {
    return JSON.parse(isFile ? readFileSync(said, 'utf8') : said)
  } catch {
    throw wrong('expected JSON', said)
  }
}

/** The outputs of one stack, of several by their names, or of all as `headend outputs` prints them. */
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
