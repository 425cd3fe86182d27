/** What a service of AWS says no with, as the SDK's errors say it: named by the service's code. */

/** An answer other than the one asked for. */
export class ServiceRefusal extends Error {
  readonly $metadata: { readonly httpStatusCode: number }
  /** Why a transaction of DynamoDB was not done, item by item. */
  readonly CancellationReasons?: readonly { readonly Code?: string }[]
  /** Of an object of S3 that is in an archive. */
  readonly StorageClass?: string

  constructor(status: number, code: string, { message = code, ...more }: RefusalFields) {
    super(message)
    this.name = code
    this.$metadata = { httpStatusCode: status }
    Object.assign(this, more)
  }
}

interface RefusalFields {
  readonly message?: string | undefined
  readonly CancellationReasons?: readonly { readonly Code?: string }[]
  readonly StorageClass?: string
}

/** Reads the body of a refusal: JSON with `__type`, or S3's XML. What is neither is told by its status alone. */
export function refusalOf(status: number, text: string): ServiceRefusal {
  if (!text.startsWith('{')) {
    const [code = 'Unknown', message, StorageClass] = ['Code', 'Message', 'StorageClass'].map(
      (name) => new RegExp(`<${name}>([^<]*)<`).exec(text)?.[1],
    )
    return new ServiceRefusal(status, code, { message, ...(StorageClass !== undefined && { StorageClass }) })
  }
  const { __type = 'Unknown', message, Message, CancellationReasons } = fieldsOf(text)
  // Behind the name of the interface: com.amazonaws.dynamodb.v20120810#ThrottlingException.
  const code = __type.slice(__type.indexOf('#') + 1)
  return new ServiceRefusal(status, code, {
    message: message ?? Message,
    ...(CancellationReasons && { CancellationReasons }),
  })
}

interface JsonRefusal {
  readonly __type?: string
  readonly message?: string
  readonly Message?: string
  readonly CancellationReasons?: readonly { readonly Code?: string }[]
}

function fieldsOf(text: string): JsonRefusal {
  try {
    return JSON.parse(text) as JsonRefusal
  } catch {
    return {}
  }
}
