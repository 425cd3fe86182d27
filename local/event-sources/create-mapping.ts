/** `AWS::Lambda::EventSourceMapping`: which queue or stream is polled for which function. */
import { LocalError } from '../errors.ts'
import { flag, optionalInteger, optionalRecord, optionalText, records, text, texts } from '../json-input.ts'
import type { Deliver, Functions, Log } from '../lambda/index.ts'
import { type Authorize, AwsFault } from '../service.ts'
import type { OpenedService } from '../service-module.ts'
import type { Resource, Template } from '../template/model.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Mapping } from './mapping.ts'
import { createQueueMapping } from './queue-mapping.ts'
import { createStreamMapping } from './stream-mapping.ts'

export interface MappingSettings {
  readonly template: Template
  readonly functions: Functions
  readonly authorize: Authorize
  readonly deliver: Deliver
  readonly log: Log
  readonly checkpoints: Checkpoints
  /** The service whose queue or stream has an ARN. */
  readonly serviceOf: (arn: string) => Pick<OpenedService, 'queue' | 'stream'>
}

/** A mapping that is not yet polling; undefined when the template has it disabled. */
export async function createMapping(
  settings: MappingSettings,
  resource: Resource,
): Promise<Mapping | undefined> {
  const { id, properties } = resource
  if (properties['Enabled'] === false) return undefined
  const { template, functions, authorize, deliver, log } = settings
  const functionName = text(properties, 'FunctionName')
  const target =
    template.byArn(functionName) ??
    template.ofType('AWS::Lambda::Function').find(({ name }) => name === functionName)
  const role = template.byArn(String(target?.properties['Role']))
  if (role === undefined) {
    throw new LocalError('LAMBDA_MAPPING_TARGET', `${id}: ${functionName} is no function of this template`)
  }
  const arn = text(properties, 'EventSourceArn')
  const batchSize = optionalInteger(properties, 'BatchSize')
  const window = optionalInteger(properties, 'MaximumBatchingWindowInSeconds')
  const filters = records(optionalRecord(properties, 'FilterCriteria') ?? {}, 'Filters')
  const common = {
    id,
    functionName,
    role: role.id,
    functions,
    authorize,
    deliver,
    log,
    reportBatchItemFailures: texts(properties, 'FunctionResponseTypes').includes('ReportBatchItemFailures'),
    filterPatterns: filters.map((filter) => text(filter, 'Pattern')),
    ...(batchSize !== undefined && { batchSize }),
    ...(window !== undefined && { maximumBatchingWindowSeconds: window }),
  }
  const { queue, stream } = settings.serviceOf(arn)
  if (queue !== undefined) {
    const maximum = optionalInteger(optionalRecord(properties, 'ScalingConfig') ?? {}, 'MaximumConcurrency')
    return createQueueMapping({
      ...common,
      source: queue(arn),
      ...(maximum !== undefined && { maximumConcurrency: maximum }),
    })
  }
  if (stream === undefined)
    throw new AwsFault('InvalidParameterValueException', `${arn}: neither a queue nor a stream of this cloud`)
  const attempts = optionalWithSign(properties['MaximumRetryAttempts'])
  const age = optionalWithSign(properties['MaximumRecordAgeInSeconds'])
  const onFailure = optionalRecord(optionalRecord(properties, 'DestinationConfig') ?? {}, 'OnFailure')
  const onFailureArn = onFailure && optionalText(onFailure, 'Destination')
  return createStreamMapping({
    ...common,
    source: await stream(arn),
    checkpoints: settings.checkpoints,
    startingPosition: startingPosition(resource),
    bisectBatchOnFunctionError: flag(properties, 'BisectBatchOnFunctionError'),
    ...(attempts !== undefined && { maximumRetryAttempts: attempts }),
    ...(age !== undefined && { maximumRecordAgeSeconds: age }),
    ...(onFailureArn !== undefined && { onFailureArn }),
  })
}

function startingPosition({ id, properties }: Resource) {
  const position = text(properties, 'StartingPosition')
  switch (position) {
    case 'TRIM_HORIZON':
      return { kind: 'trim-horizon' } as const
    case 'LATEST':
      return { kind: 'latest' } as const
    case 'AT_TIMESTAMP': {
      const timestampMs = 1000 * (optionalInteger(properties, 'StartingPositionTimestamp') ?? 0)
      return { kind: 'at-timestamp', timestampMs } as const
    }
    default:
      throw new LocalError('LAMBDA_MAPPING_POSITION', `${id}: no such StartingPosition: ${position}`)
  }
}

/** -1 stands for "without end" here. */
function optionalWithSign(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined
}
