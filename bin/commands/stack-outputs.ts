/** What the stacks of a headend put out, from a file or from CloudFormation, as if they were one. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { childOf, childrenOf, contentOf, readXml, type XmlNode } from '../../lib/formats/xml/index.ts'
import { signedHeaders } from '../../lib/platform/aws/sigv4.ts'
import { CommandError } from '../errors.ts'

/** Values by name. */
export type Outputs = Readonly<Record<string, string>>

/** Where the front is, and what all regions share. */
const frontRegion = 'us-east-1'
/** As CDK names what only its own stacks read. */
const betweenStacks = /^(PublishOutput|ExportsOutput)/

/** The outputs of every stack in a file of `cdk deploy --outputs-file`, or of the headend on this machine. */
export function outputsIn(text: string, where: string): Outputs {
  const stacks: unknown = parsed(text)
  const merged = Object.values(isObject(stacks) ? stacks : {}).flatMap((outputs) =>
    isObject(outputs) ? Object.entries(outputs) : [],
  )
  const outputs = Object.fromEntries(
    merged.flatMap(([name, value]) =>
      typeof value === 'string' && !betweenStacks.test(name) ? [[name, value]] : [],
    ),
  )
  if (Object.keys(outputs).length > 0) return outputs
  throw new CommandError('CLI_OUTPUTS', `${where}: expected outputs by their stacks' names, got none`)
}

/** The outputs of a stage's stacks, asked of CloudFormation: the front's say in which region the rest is. */
export async function describedOutputs(stage: string | undefined): Promise<Outputs> {
  const name = stage === undefined ? 'Headend' : `Headend-${stage}`
  const front = await describe(name, frontRegion)
  const { Region: region = frontRegion } = front
  const [shared, regional] = await Promise.all([
    describe(`${name}-global`, frontRegion),
    describe(`${name}-${region}`, region),
  ])
  return { ...shared, ...regional, ...front }
}

async function describe(stack: string, region: string): Promise<Outputs> {
  const url = new URL(process.env['AWS_ENDPOINT_URL'] ?? `https://cloudformation.${region}.amazonaws.com`)
  const body = new URLSearchParams({
    Action: 'DescribeStacks',
    StackName: stack,
    Version: '2010-05-15',
  }).toString()
  const { host: _, ...headers } = signedHeaders(
    {
      method: 'POST',
      host: url.host,
      path: '/',
      query: '',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body,
    },
    {
      service: 'cloudformation',
      region,
      // Any client knows how to find them: environment, profile, single sign-on.
      credentials: await new SecretsManagerClient({ region }).config.credentials(),
      nowMs: Date.now(),
    },
  )
  const response = await fetch(new URL('/', url), { method: 'POST', headers, body })
  const text = await response.text()
  if (!response.ok) throw refused(stack, region, text)
  const { root } = readXml(text)
  const described = childOf(childOf(childOf(root, 'DescribeStacksResult'), 'Stacks'), 'member')
  const outputs = childrenOf(childOf(described, 'Outputs'), 'member').map(
    (output) => [content(output, 'OutputKey'), content(output, 'OutputValue')] as const,
  )
  return Object.fromEntries(outputs.filter(([key]) => !betweenStacks.test(key)))
}

function content(node: XmlNode, name: string): string {
  const child = childOf(node, name)
  return child === undefined ? '' : contentOf(child)
}

function refused(stack: string, region: string, text: string): CommandError {
  const [, said = text.slice(0, 200)] = /<Message>([^<]*)<\/Message>/.exec(text) ?? []
  return new CommandError(
    'CLI_STACK',
    `stack ${stack} in ${region}: expected its outputs, got "${said}"; is --stage right, and are these the account's credentials?`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
