/** Which headend a command talks to: the one on this machine if it runs here, else the one in AWS. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError } from '../errors.ts'
import { describedOutputs, type Outputs, outputsIn } from './stack-outputs.ts'

/** Options of every command that talks to a headend. */
export const placeOptions = {
  'data-dir': { type: 'string' },
  cloud: { type: 'boolean' },
  stage: { type: 'string' },
  outputs: { type: 'string' },
} as const

/** How they stand in a usage line. */
export const placeUsage = '[--data-dir .headend | --cloud [--stage STAGE] | --outputs FILE]'

/** What they say. */
export interface PlaceValues {
  readonly 'data-dir'?: string | undefined
  readonly cloud?: boolean | undefined
  readonly stage?: string | undefined
  /** As `cdk deploy --outputs-file` writes it. */
  readonly outputs?: string | undefined
}

/** The outputs of the headend that is meant; AWS clients made from now on talk to it. */
export async function choosePlace(values: PlaceValues): Promise<Outputs> {
  const outputs = await outputsOf(values)
  pointClients(outputs)
  return outputs
}

/** As `choosePlace`, for a bucket that need not be the headend's: in AWS nothing is asked, the environment says where. */
export function chooseEndpoint(values: Pick<PlaceValues, 'data-dir' | 'cloud'>): void {
  const local = localOutputs(values)
  if (values.cloud !== true && existsSync(local)) pointClients(outputsIn(readFileSync(local, 'utf8'), local))
  else process.env['AWS_REGION'] ??= 'us-east-1'
}

function pointClients(outputs: Outputs): void {
  process.env['AWS_REGION'] = outputs['Region'] ?? 'us-east-1'
  if (outputs['AwsEndpoint'] !== undefined) {
    process.env['AWS_ENDPOINT_URL'] = outputs['AwsEndpoint']
    // The headend here takes anybody's credentials, and the SDK wants some.
    process.env['AWS_ACCESS_KEY_ID'] ??= 'local'
    process.env['AWS_SECRET_ACCESS_KEY'] ??= 'local'
  }
}

const localOutputs = ({ 'data-dir': dataDir = '.headend' }: Pick<PlaceValues, 'data-dir'>): string =>
  join(dataDir, 'outputs.json')

async function outputsOf(values: PlaceValues): Promise<Outputs> {
  const { 'data-dir': dataDir, cloud, stage, outputs } = values
  const local = localOutputs(values)
  if (outputs !== undefined) return outputsIn(readFileSync(outputs, 'utf8'), outputs)
  if (cloud !== true && stage === undefined && existsSync(local))
    return outputsIn(readFileSync(local, 'utf8'), local)
  if (dataDir !== undefined && cloud !== true)
    throw new CommandError(
      'CLI_PLACE',
      `${local}: expected the outputs of a headend that runs here, got no file`,
    )
  return describedOutputs(stage)
}

/** One output; throws CLI_OUTPUT where this headend has none of that name. */
export function outputNamed(outputs: Outputs, name: string): string {
  const value = outputs[name]
  if (value !== undefined) return value
  throw new CommandError(
    'CLI_OUTPUT',
    `expected an output ${name}, got ${Object.keys(outputs).join(', ') || 'none'}; were all stacks deployed?`,
  )
}
