/** Calls AWS services that speak JSON, for functions that do not load the SDK. */
import { orBusy } from './busy.ts'
import { bytesOf, signedCall } from './signed-call.ts'

/** For each service: the target prefix of its requests, its JSON version, and its title in errors. */
const interfaces = {
  dynamodb: { target: 'DynamoDB_20120810', version: '1.0', title: 'DynamoDB' },
  events: { target: 'AWSEvents', version: '1.1', title: 'EventBridge' },
  kms: { target: 'TrentService', version: '1.1', title: 'KMS' },
  secretsmanager: { target: 'secretsmanager', version: '1.1', title: 'Secrets Manager' },
  sqs: { target: 'AmazonSQS', version: '1.0', title: 'SQS' },
} as const

/** The action to call. */
export interface JsonAction {
  readonly service: keyof typeof interfaces
  readonly action: string
  /** @default the function's region */
  readonly region?: string | undefined
  /** @default the endpoint in the environment, else AWS's */
  readonly endpoint?: string | undefined
}

/**
 * Calls an action and returns its answer. Throws a ServiceRefusal named by the service's code, and for a transient
 * failure SERVICE_BUSY (503) or what `failed` makes of it.
 */
export async function jsonCall(
  { service, action, region, endpoint }: JsonAction,
  input: unknown,
  failed: (error: unknown, title: string) => unknown = orBusy,
): Promise<unknown> {
  const { target, version, title } = interfaces[service]
  const headers = {
    'content-type': `application/x-amz-json-${version}`,
    'x-amz-target': `${target}.${action}`,
  }
  try {
    return await signedCall(
      { service, region, endpoint, path: '/', headers, body: JSON.stringify(input) },
      async (answer) => JSON.parse((await bytesOf(answer)).toString()) as unknown,
    )
  } catch (error) {
    throw failed(error, title)
  }
}
