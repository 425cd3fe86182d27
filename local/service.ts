/** What every service of the local cloud shares: who asks, may they, and how AWS says no. */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Who a request comes from. */
export type Caller =
  /** The person at this machine: any credentials, unrestricted. */
  | { readonly kind: 'person' }
  /** A function, held to its role (logical id in the template). */
  | { readonly kind: 'role'; readonly role: string }
  /** Another part of the cloud, held to resource policies: `s3.amazonaws.com` for `arn:aws:s3:::bucket`. */
  | { readonly kind: 'service'; readonly principal: string; readonly sourceArn: string }
  /** No credentials at all. */
  | { readonly kind: 'anonymous' }

/**
 * Throws an `AwsFault` (AccessDenied, 403) unless the caller may do `action` (`s3:GetObject`) on `resource`
 * (an ARN); `context` holds the condition keys the request sets, lower case (`aws:sourcearn`).
 */
export type Authorize = (
  caller: Caller,
  action: string,
  resource: string,
  context?: Readonly<Record<string, string | readonly string[]>>,
) => void

/** What of a form that a browser posts names its signer. */
export interface SignedPolicy {
  /** Base64: the text that was signed. */
  readonly policy: string
  readonly algorithm: string
  readonly credential: string
  readonly date: string
  readonly signature: string
  readonly sessionToken: string | undefined
}

/** One AWS service behind the endpoint. It answers every request it is given, errors included. */
export interface AwsService {
  /** SigV4 service name: `s3`, `dynamodb`, `sqs`, `secretsmanager`, `lambda`. */
  readonly name: string
  handle(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void>
  /** Everything acknowledged is on disk when this resolves. */
  close(): Promise<void>
}

/** An error as AWS words it: `code` is what the SDK puts into `error.name`. */
export class AwsFault extends Error {
  override readonly name = 'AwsFault'
  readonly code: string
  readonly status: number
  /** Further members of a JSON error body (`CancellationReasons`, `Item`). */
  readonly detail: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, status = 400, detail: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.code = code
    this.status = status
    this.detail = detail
  }
}

/** A fault without an answer: whoever has the connection breaks it off. */
export class ConnectionReset extends Error {
  override readonly name = 'ConnectionReset'
}

/** Account and region of everything here. */
export const account = '000000000000'
export const region = 'us-east-1'
