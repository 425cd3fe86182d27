/** An error answer of an AWS service, shaped like the SDK's errors: named by the service's code. */

/** An answer with an error status. */
export class ServiceRefusal extends Error {
  readonly $metadata: { readonly httpStatusCode: number }
  /** The reasons of a cancelled DynamoDB transaction, one for each item. */
  readonly CancellationReasons?: readonly { readonly Code?: string }[]
  /** Set for an S3 object that is archived. */
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

/** Parses an error body: JSON with `__type`, or S3's XML. Any other body is known by its status alone. */
export function refusalOf(status: number, text: string): ServiceRefusal {
  if (!text.startsWith('{')) {
    const [code = 'Unknown', message, StorageClass] = ['Code', 'Message', 'StorageClass'].map(
      (name) => new RegExp(`<${name}>([^<]*)<`).exec(text)?.[1],
    )
    return new ServiceRefusal(status, code, { message, ...(StorageClass !== undefined && { StorageClass }) })
  }
  const { __type = 'Unknown', message, Message, CancellationReasons } = fieldsOf(text)
  // The code follows the interface's name: com.amazonaws.dynamodb.v20120810#ThrottlingException.
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
