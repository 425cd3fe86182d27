/** How Lambda's API says no. */
import { AwsFault } from '../service.ts'

export function notFound(arn: string): AwsFault {
  return new AwsFault('ResourceNotFoundException', `Function not found: ${arn}`, 404)
}

export function requestTooLarge(limit: number): AwsFault {
  return new AwsFault(
    'RequestTooLargeException',
    `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
    413,
  )
}

/** The payload is not JSON. */
export function invalidContent(reason: string): AwsFault {
  return new AwsFault(
    'InvalidRequestContentException',
    `Could not parse request body into json: ${reason}`,
    400,
  )
}
