/** The machine-local cloud: the synthesized templates of an assembly, executed on a few loopback ports and one directory. */

import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BehaviourStats } from './cloudfront/index.ts'
import { takeDataDir, writeWhole } from './data-dir.ts'
import { LocalError } from './errors.ts'
import { createFaults, type Faults, faultsFile } from './faults/index.ts'
import {
  answerWhileStarting,
  createCredentials,
  createGateway,
  type Listener,
  listen,
} from './gateway/index.ts'
import type { FunctionStats, LambdaLimits, Log } from './lambda/index.ts'
import { openLogFiles } from './log-files.ts'
import { openServices } from './open-services.ts'
import { type SecretOutput, secretOutputs } from './secret-outputs.ts'
import { region } from './service.ts'
import { offered } from './service-module.ts'
import { services } from './services.ts'
import {
  countsText,
  loadTemplate,
  portIds,
  readStacks,
  type Stack,
  supportOf,
  type Template,
} from './template/index.ts'

export interface CloudOptions {
  /** A `cdk.out`. */
  readonly assemblyDir: string
  readonly dataDir: string
  /** Of CloudFront; the endpoint has the next one, the HTTP APIs those after it. 0 takes free ones. */
  readonly port: number
  /** Handed every line that says something failed; all lines are in `<dataDir>/logs`. */
  readonly log: Log
  /** Told once what of the template does not run here. */
  readonly say: (text: string) => void
  /** What else is put out: what the person at this machine needs of the secrets. @default nothing */
  readonly secretOutputs?: readonly SecretOutput[]
  /** Other limits than AWS's, for tests. */
  readonly limits?: Partial<LambdaLimits>
}

export interface Cloud {
  /** What `<dataDir>/outputs.json` has under the name of the last stack, of all stacks. */
  readonly outputs: Readonly<Record<string, string>>
  /** How often each function ran, by its name. */
  functions(): Readonly<Record<string, FunctionStats>>
  /** What goes wrong: nothing, until a test says so. */
  readonly faults: Faults
  /** What happened behind each path pattern of the distribution. */
  behaviours(): Readonly<Record<string, BehaviourStats>>
  /** Ends what runs; everything acknowledged is on disk when it resolves. */
  close(): Promise<void>
}

/** Starts the cloud. When it resolves every front door answers and `outputs.json` is written. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { assemblyDir, dataDir, say } = options
  const stacks = await readStacks(assemblyDir)
  refuseOtherRegions(stacks)
  await using opened = new AsyncDisposableStack()
  const [cdn, aws, ...apis] = await openPorts(options.port, portIds(stacks).length, opened)

  const data = await takeDataDir(dataDir, aws.url, (instance) =>
    aws.answerWith(answerWhileStarting(instance)),
  )
  opened.defer(() => data.release())
  // Nobody is to read the addresses of an earlier run.
  const outputsFile = join(dataDir, 'outputs.json')
  await rm(outputsFile, { force: true })
  const logs = openLogFiles(join(dataDir, 'logs'), options.log)
  opened.defer(() => logs.close())

  const template = loadTemplate(stacks, {
    aws: aws.url,
    cdn: cdn.url,
    httpApis: apis.map(({ url }) => url),
  })
  const credentials = createCredentials()
  const faults = createFaults()
  const faultsSecret = randomBytes(24).toString('base64url')
  const common = { template, credentials, faults, dataDir, awsEndpoint: aws.url, log: logs.log }
  const limits = options.limits !== undefined && { limits: options.limits }
  const opening = await openServices(services, { ...common, ...limits }, opened)
  sayWhatRuns(template, opening.notes, say)
  // Ports close before what answers on them.
  for (const listener of [cdn, aws, ...apis]) opened.defer(() => listener.close())
  const nowMs = Date.now
  aws.answerWith(
    createGateway({
      credentials,
      services: opening.all,
      functionUrls: opening.functionUrls,
      instance: data.instance,
      nowMs,
      faults: { rules: faults, secret: faultsSecret },
    }),
  )
  for (const [index, id] of portIds(stacks).entries()) {
    const answer = opening.ports.get(id)
    if (answer !== undefined) apis[index]?.answerWith(answer)
  }
  if (opening.cdn !== undefined) cdn.answerWith(opening.cdn)

  await opening.start(opened)
  const outputs = {
    ...template.outputs(),
    AwsEndpoint: aws.url,
    ...(await secretOutputs(options.secretOutputs ?? [], template, offered(opening, 'secretValue'))),
  }
  await writeWhole(faultsFile(dataDir), JSON.stringify({ url: aws.url, secret: faultsSecret }))
  await writeWhole(outputsFile, `${JSON.stringify({ [template.name]: outputs }, undefined, 2)}\n`)

  const running = opened.move()
  return {
    outputs,
    faults,
    functions: () => offered(opening, 'functions').stats(),
    behaviours: () => offered(opening, 'behaviours')(),
    close: () => running.disposeAsync(),
  }
}

/** Every service here has one region: what is elsewhere would answer to names that are not its own. */
function refuseOtherRegions(stacks: readonly Stack[]): void {
  const elsewhere = stacks.filter((stack) => stack.region !== region)
  if (elsewhere.length === 0) return
  const names = elsewhere.map((stack) => `${stack.name} (${stack.region})`).join(', ')
  throw new LocalError(
    'LOCAL_REGION',
    `expected stacks of ${region}, the one region this cloud has, got ${names}; synthesize without -c region`,
  )
}

async function openPorts(
  port: number,
  apis: number,
  opened: AsyncDisposableStack,
): Promise<readonly [Listener, Listener, ...Listener[]]> {
  const open = async (offset: number) => {
    const listener = await listen(port === 0 ? 0 : port + offset)
    opened.defer(() => listener.close())
    return listener
  }
  const [cdn, aws] = [await open(0), await open(1)]
  const more: Listener[] = []
  for (let index = 0; index < apis; index++) more.push(await open(2 + index))
  return [cdn, aws, ...more]
}

function sayWhatRuns(template: Template, notes: readonly string[], say: (text: string) => void): void {
  const { needsNothing, notRun } = supportOf(template.resources.values())
  if (notRun.size > 0) say(`not run here: ${countsText(notRun)}`)
  if (needsNothing.size > 0) say(`needs nothing here: ${countsText(needsNothing)}`)
  for (const note of notes) say(note)
}
