/**
 * The settings that the Lambda runtime and the stack put in a function's environment, for code that signs without the
 * SDK.
 */
import { readConfig } from '../config.ts'
import { type Front, frontReader } from '../http/front.ts'
import type { AwsCredentials } from './sigv4.ts'

const endpoint = (...names: readonly string[]): { readonly endpoint?: string } => {
  const value = names.map((name) => process.env[name]).find((found) => found !== undefined)
  return value === undefined ? {} : { endpoint: value }
}

/** Credentials, clock and region of a function. Credentials are read at each call because they change. */
export const runtime = {
  credentials: (): AwsCredentials => ({
    accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(process.env['AWS_SESSION_TOKEN'] !== undefined && { sessionToken: process.env['AWS_SESSION_TOKEN'] }),
  }),
  now: (): number => Date.now(),
  ...endpoint('AWS_ENDPOINT_URL'),
}

/** Reads the front from the parameter that the environment names. */
export const runtimeFront = (): (() => Promise<Front>) =>
  frontReader({
    ...runtime,
    parameter: readConfig(['FRONT_PARAMETER']).FRONT_PARAMETER,
    ...endpoint('AWS_ENDPOINT_URL_SSM', 'AWS_ENDPOINT_URL'),
  })
