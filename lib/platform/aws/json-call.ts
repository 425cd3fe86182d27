/** Actions of the AWS services that speak JSON, for functions that load no SDK. */
import { orBusy } from './busy.ts'
import { bytesOf, signedCall } from './signed-call.ts'

/** What names an interface in its requests, what its JSON is called, and what the service is called in errors. */
const interfaces = {
  dynamodb: { target: 'DynamoDB_20120810', version: '1.0', title: 'DynamoDB' },
  events: { target: 'AWSEvents', version: '1.1', title: 'EventBridge' },
  kms: { target: 'TrentService', version: '1.1', title: 'KMS' },
  secretsmanager: { target: 'secretsmanager', version: '1.1', title: 'Secrets Manager' },
} as const

/** Which action. */
export interface JsonAction {
  readonly service: keyof typeof interfaces
  readonly action: string
  /** @default the function's own */
  readonly region?: string | undefined
  /** @default what the environment names, else AWS's own */
  readonly endpoint?: string | undefined
}

/**
 * What an action answers. Throws a ServiceRefusal named by the service's code, and, of what may pass, SERVICE_BUSY (503)
 * or whatever `failed` makes of it.
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
