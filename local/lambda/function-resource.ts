/** `AWS::Lambda::Function` with its code, role and asynchronous configuration, as the local Lambda takes it. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LocalError } from '../errors.ts'
import type { Credentials } from '../gateway/index.ts'
import type { Iam } from '../iam/index.ts'
import {
  isRecord,
  type JsonRecord,
  optionalInteger,
  optionalRecord,
  optionalText,
  text,
  textMap,
} from '../json-input.ts'
import type { Resource, Template } from '../template/model.ts'
import type { AsyncConfig, FunctionDefinition } from './definition.ts'

export interface FunctionSettings {
  readonly template: Template
  readonly iam: Iam
  readonly credentials: Credentials
  /** Where code that stands in the template itself is unpacked. */
  readonly inlineDir: string
}

/** The ARNs of CDK's own deploy-time handlers, which do not run here: their work is done natively. */
export function handlersOfCdk(template: Template): ReadonlySet<unknown> {
  const arns = [...template.resources.values()].map(({ properties }) => properties['ServiceToken'])
  return new Set(arns.filter((arn) => arn !== undefined))
}

/** One function, ready to be defined; its role must trust Lambda. */
export async function functionDefinition(
  settings: FunctionSettings,
  resource: Resource,
): Promise<FunctionDefinition> {
  const { template, iam, credentials } = settings
  const { properties, name } = resource
  const role = template.byArn(text(properties, 'Role'))
  if (role?.type !== 'AWS::IAM::Role')
    throw wrong(resource, 'Role', 'a role of this template', properties['Role'])
  iam.assertAssumable(role.id, 'lambda.amazonaws.com')
  const runtime = text(properties, 'Runtime')
  if (!runtime.startsWith('nodejs')) throw wrong(resource, 'Runtime', 'nodejs', runtime)
  const reserved = optionalInteger(properties, 'ReservedConcurrentExecutions')
  const asynchronous = asyncConfig(template, resource)
  return {
    name,
    arn: resource.attribute('Arn'),
    codeDir: await codeDirectory(settings, resource),
    handler: text(properties, 'Handler'),
    runtime,
    environment: textMap(optionalRecord(properties, 'Environment') ?? {}, 'Variables'),
    timeoutSeconds: optionalInteger(properties, 'Timeout', { min: 1, max: 900 }) ?? 3,
    memoryMb: optionalInteger(properties, 'MemorySize', { min: 128, max: 10_240 }) ?? 128,
    role: role.id,
    credentials: credentials.forRole(role.id),
    ...(reserved !== undefined && { reservedConcurrency: reserved }),
    ...(asynchronous !== undefined && { async: asynchronous }),
  }
}

async function codeDirectory({ template, inlineDir }: FunctionSettings, resource: Resource): Promise<string> {
  const code = optionalRecord(resource.properties, 'Code') ?? {}
  const source = optionalText(code, 'ZipFile')
  if (source !== undefined) {
    const directory = join(inlineDir, resource.id)
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'package.json'), '{"type":"commonjs"}')
    await writeFile(join(directory, 'index.js'), source)
    return directory
  }
  const directory = template.asset(text(code, 'S3Key'))
  if (directory === undefined) throw wrong(resource, 'Code.S3Key', 'an asset of this assembly', code['S3Key'])
  return directory
}

function asyncConfig(template: Template, { name, properties }: Resource): AsyncConfig | undefined {
  const deadLetters = optionalRecord(properties, 'DeadLetterConfig')
  const deadLetterArn = deadLetters && optionalText(deadLetters, 'TargetArn')
  const configured = template
    .ofType('AWS::Lambda::EventInvokeConfig')
    .find((config) => config.properties['FunctionName'] === name)
  if (configured === undefined && deadLetterArn === undefined) return undefined
  const config = configured?.properties ?? {}
  const destinations = optionalRecord(config, 'DestinationConfig') ?? {}
  const onSuccess = destination(destinations, 'OnSuccess')
  const onFailure = destination(destinations, 'OnFailure')
  const attempts = optionalInteger(config, 'MaximumRetryAttempts')
  const age = optionalInteger(config, 'MaximumEventAgeInSeconds')
  return {
    ...(attempts !== undefined && { maximumRetryAttempts: attempts }),
    ...(age !== undefined && { maximumEventAgeSeconds: age }),
    ...(onSuccess !== undefined && { onSuccess }),
    ...(onFailure !== undefined && { onFailure }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
  }
}

function destination(destinations: JsonRecord, name: string): string | undefined {
  const target = destinations[name]
  return isRecord(target) ? optionalText(target, 'Destination') : undefined
}

function wrong(resource: Resource, property: string, expected: string, got: unknown): LocalError {
  return new LocalError(
    'LAMBDA_FUNCTION_PROPERTY',
    `${resource.id}.${property}: expected ${expected}, got ${JSON.stringify(got)}`,
  )
}
