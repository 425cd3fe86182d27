/** Which headend a command talks to: the one on this machine if it runs here, else the one in AWS. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Option of every command that talks to a headend. */
export const placeOptions = { 'data-dir': { type: 'string' }, cloud: { type: 'boolean' } } as const

/** Points the AWS clients to it, unless the environment already names an endpoint. */
export function choosePlace({
  'data-dir': dataDir = '.headend',
  cloud = false,
}: {
  readonly 'data-dir'?: string | undefined
  readonly cloud?: boolean | undefined
}): void {
  // The stack is nowhere else.
  process.env['AWS_REGION'] ??= 'us-east-1'
  const outputs = join(dataDir, 'outputs.json')
  if (cloud || process.env['AWS_ENDPOINT_URL'] !== undefined || !existsSync(outputs)) return
  const { Headend } = JSON.parse(readFileSync(outputs, 'utf8')) as { Headend?: { AwsEndpoint?: string } }
  if (Headend?.AwsEndpoint === undefined) return
  process.env['AWS_ENDPOINT_URL'] = Headend.AwsEndpoint
  // The headend here takes anybody's credentials, and the SDK wants some.
  process.env['AWS_ACCESS_KEY_ID'] ??= 'local'
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'local'
}
