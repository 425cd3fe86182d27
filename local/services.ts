/** Every service of this cloud, in the order they are opened and started. A new one is its folder and a line here. */
import { bucketDeployment } from './bucket-deployment/module.ts'
import { cloudFormation } from './cloudformation/module.ts'
import { cloudFront } from './cloudfront/module.ts'
import { dynamoDb } from './dynamodb/module.ts'
import { eventSources } from './event-sources/module.ts'
import { events } from './events/module.ts'
import { functionUrl } from './function-url/module.ts'
import { httpApi } from './http-api/module.ts'
import { iam } from './iam/module.ts'
import { keyValueStore } from './key-value-store/module.ts'
import { kms } from './kms/module.ts'
import { lambda } from './lambda/module.ts'
import { parameters } from './parameters/module.ts'
import { s3 } from './s3/module.ts'
import { scheduler } from './scheduler/module.ts'
import { secrets } from './secrets/module.ts'
import type { ServiceModule } from './service-module.ts'
import { sqs } from './sqs/module.ts'
import { unserved } from './unserved/module.ts'

export const services: readonly ServiceModule[] = [
  dynamoDb,
  iam,
  sqs,
  secrets,
  kms,
  parameters,
  keyValueStore,
  bucketDeployment,
  lambda,
  cloudFormation,
  s3,
  eventSources,
  events,
  scheduler,
  functionUrl,
  httpApi,
  cloudFront,
  unserved,
]
