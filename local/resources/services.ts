/** The services of one run: opened on the data directory, and made what the template says they are. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createCloudFormation } from '../cloudformation/index.ts'
import { createDynamoDb, type DynamoDb } from '../dynamodb/index.ts'
import { LocalError } from '../errors.ts'
import { openCheckpoints } from '../event-sources/index.ts'
import type { Faults } from '../faults/index.ts'
import { type Credentials, identifySigner } from '../gateway/index.ts'
import { createIam, type Iam } from '../iam/index.ts'
import { optionalRecord, text } from '../json-input.ts'
import { createKeyValueStores, type KeyValueStores } from '../key-value-store/index.ts'
import { createKms, type Kms } from '../kms/index.ts'
import { createLambda, type Lambda, type LambdaLimits, type Log } from '../lambda/index.ts'
import { createParameters, type Parameters } from '../parameters/index.ts'
import { createS3, type S3 } from '../s3/index.ts'
import { createSecrets, type Secrets } from '../secrets/index.ts'
import { type Authorize, type AwsService, region } from '../service.ts'
import { createSqs, type Sqs } from '../sqs/index.ts'
import type { Resource, Template } from '../template/index.ts'
import { assertDestinations, bucketOptions } from './buckets.ts'
import { deliverNotification, deliverToQueue } from './events.ts'
import { functionDefinition, runnableFunctions } from './functions.ts'
import { making } from './making.ts'
import { createMapping } from './mappings.ts'
import { startSchedules } from './schedules.ts'

export interface ServiceSettings {
  readonly template: Template
  readonly credentials: Credentials
  readonly dataDir: string
  /** Of the endpoint, without a slash at its end. */
  readonly awsEndpoint: string
  readonly log: Log
  readonly limits?: Partial<LambdaLimits>
  /** What goes wrong; nothing, until a test says so. */
  readonly faults: Faults
}

export interface Services {
  readonly iam: Iam
  readonly dynamodb: DynamoDb
  readonly sqs: Sqs
  readonly secrets: Secrets
  readonly kms: Kms
  readonly parameters: Parameters
  readonly keyValueStores: KeyValueStores
  readonly lambda: Lambda
  readonly s3: S3
  readonly all: readonly AwsService[]
  /** Polls queues and streams from now on; closing the stack ends that and waits for what runs. */
  poll(opened: AsyncDisposableStack): Promise<void>
}

/** Opens every service and makes what the template has for it; what was there before keeps its content. */
export async function openServices(
  settings: ServiceSettings,
  opened: AsyncDisposableStack,
): Promise<Services> {
  const { template, dataDir, log, awsEndpoint, faults } = settings
  // The policies may name a table's stream, which only the table engine can: until then nobody is asked.
  let iam: Iam | undefined
  const authorize: Authorize = (...question) => iam?.authorize(...question)
  const keep = <Service extends AwsService>(service: Service): Service => {
    opened.defer(() => service.close())
    return service
  }

  const dynamodb = keep(await createDynamoDb({ path: join(dataDir, 'dynamodb'), authorize, faults }))
  for (const table of template.ofType('AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table')) {
    await making(table, async ({ id, name, properties }) => {
      const { streamArn } = await dynamodb.createTable(name, properties)
      if (streamArn !== undefined) template.learn(id, 'StreamArn', streamArn)
    })
  }
  const rules = createIam(template, { nowMs: Date.now })
  iam = rules

  const sqs = keep(
    await createSqs({ path: join(dataDir, 'sqs.jsonl'), endpoint: () => awsEndpoint, authorize }),
  )
  for (const queue of template.ofType('AWS::SQS::Queue')) {
    await making(queue, ({ name, properties }) => sqs.createQueue(name, properties))
  }
  const secrets = keep(await createSecrets({ path: join(dataDir, 'secrets.jsonl'), authorize }))
  for (const secret of template.ofType('AWS::SecretsManager::Secret')) {
    await making(secret, ({ name, properties, ref }) => secrets.createSecret(name, properties, ref))
  }
  const roles = new Map(template.ofType('AWS::IAM::Role').map((role) => [role.id, role]))
  const roleArn = (role: string) => roles.get(role)?.attribute('Arn')
  const kms = keep(await createKms({ path: join(dataDir, 'kms.jsonl'), authorize, roleArn }))
  for (const key of template.ofType('AWS::KMS::Key')) {
    await making(key, ({ name, properties }) => kms.createKey(name, properties))
  }
  for (const alias of template.ofType('AWS::KMS::Alias')) {
    await making(alias, ({ name, properties }) => kms.createAlias(name, String(properties['TargetKeyId'])))
  }
  const parameters = keep(createParameters({ authorize }))
  for (const parameter of template.ofType('AWS::SSM::Parameter')) {
    await making(parameter, async ({ name, properties }) => parameters.put(name, properties))
  }
  const keyValueStores = keep(
    await createKeyValueStores({ path: join(dataDir, 'key-values.jsonl'), authorize, faults }),
  )
  for (const store of template.ofType('AWS::CloudFront::KeyValueStore')) {
    await making(store, async ({ name }) =>
      keyValueStores.createStore(name, store.attribute('Arn'), await importSource(template, store)),
    )
  }
  const lambda = keep(
    await createLambda({
      authorize,
      log,
      faults,
      endpoint: awsEndpoint,
      dataDir: join(dataDir, 'lambda'),
      deliver: deliverToQueue(sqs),
      ...(settings.limits !== undefined && { limits: settings.limits }),
    }),
  )
  const cloudFormation = keep(createCloudFormation({ region, stacks: template.stacks, authorize }))
  const inlineDir = join(dataDir, 'inline-code')
  for (const resource of runnableFunctions(template)) {
    await making(resource, async () => {
      lambda.defineFunction(await functionDefinition({ ...settings, iam: rules, inlineDir }, resource))
    })
  }
  const emit = deliverNotification.bind(undefined, { sqs, lambda, log })
  const s3 = keep(
    await createS3({
      dir: join(dataDir, 's3'),
      authorize,
      identifySigner: (form) => identifySigner(form, settings.credentials),
      emit,
      faults,
    }),
  )
  for (const bucket of template.ofType('AWS::S3::Bucket')) {
    await making(bucket, async () => {
      const options = bucketOptions(template, bucket)
      assertDestinations(rules, options)
      await s3.createBucket(options)
    })
  }

  return {
    iam: rules,
    dynamodb,
    sqs,
    secrets,
    kms,
    parameters,
    keyValueStores,
    lambda,
    s3,
    all: [dynamodb, sqs, secrets, kms, parameters, keyValueStores, lambda, s3, cloudFormation],
    async poll(stack) {
      const checkpoints = await openCheckpoints(join(dataDir, 'checkpoints'))
      const sources = {
        queue: (arn: string) => sqs.source(arn),
        stream: (arn: string) => dynamodb.stream(arn),
        checkpoints,
      }
      const common = { template, functions: lambda, authorize, deliver: deliverToQueue(sqs), log, ...sources }
      for (const resource of template.ofType('AWS::Lambda::EventSourceMapping')) {
        await making(resource, async () => {
          const mapping = await createMapping(common, resource)
          if (mapping === undefined) return
          stack.defer(() => mapping.close())
          mapping.start()
        })
      }
      stack.defer(startSchedules({ template, lambda, log }))
      await lambda.resume()
    },
  }
}

/** What a key-value store is made with: a file of the assembly, as its import source names it in the assets bucket. */
async function importSource(template: Template, { properties, id }: Resource): Promise<string | undefined> {
  const source = optionalRecord(properties, 'ImportSource')
  if (source === undefined) return undefined
  const arn = text(source, 'SourceArn')
  const file = template.asset(arn.slice(arn.indexOf('/') + 1))
  if (file === undefined)
    throw new LocalError('LOCAL_ASSET', `${id}: expected an import source in this assembly, got ${arn}`)
  return readFile(file, 'utf8')
}
