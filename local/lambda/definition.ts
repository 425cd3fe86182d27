/** What a function is and what an invocation of it gives, in AWS's words. */
import type { Readable } from 'node:stream'
import type { Caller } from '../service.ts'

/** Credentials a function's environment carries: the endpoint knows its role by them. */
export interface FunctionCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

/** What becomes of asynchronous events (`AWS::Lambda::EventInvokeConfig` and `DeadLetterConfig`). */
export interface AsyncConfig {
  /** Retries after the first attempt, 0..2; 2 when absent. */
  readonly maximumRetryAttempts?: number
  /** 6 hours when absent. */
  readonly maximumEventAgeSeconds?: number
  /** ARN of a queue or function. */
  readonly onSuccess?: string
  readonly onFailure?: string
  readonly deadLetterArn?: string
}

/** A function, its properties already resolved. */
export interface FunctionDefinition {
  readonly name: string
  /** Unqualified ARN. */
  readonly arn: string
  /** Directory with the unpacked code. */
  readonly codeDir: string
  /** `index.handler`. */
  readonly handler: string
  /** `nodejs24.x`; decides whether callback handlers are refused, as they are from Node 24 on. */
  readonly runtime: string
  /** The template's variables; nothing of this process's environment is added. */
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly memoryMb: number
  /** Logical id of the execution role: who the function is to `Authorize`. */
  readonly role: string
  readonly credentials: FunctionCredentials
  readonly reservedConcurrency?: number
  readonly async?: AsyncConfig
}

/** An error as the Node runtime reports it. */
export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
}

/** The outcome of a buffered invocation. */
export interface Invocation {
  readonly requestId: string
  /** JSON text: the result, or the `FunctionError` when `functionError` is set. */
  readonly payload: string
  readonly functionError?: 'Unhandled'
}

/** The outcome of a streamed invocation, handed over at its first byte. */
export type StreamedInvocation =
  | {
      readonly kind: 'stream'
      readonly requestId: string
      /** `application/vnd.awslambda.http-integration-response` when a JSON prelude and eight zero bytes lead. */
      readonly contentType: string | undefined
      /**
       * Destroyed with an error when the function destroyed its stream, ran out of time or died. It ends like a
       * whole one when the handler threw: the client ends the response, too, with the error in trailers.
       */
      readonly body: Readable
    }
  | { readonly kind: 'buffered'; readonly invocation: Invocation }

export interface InvokeOptions {
  /** Asked `lambda:InvokeFunction`; absent: a part of the cloud that needs no grant (an event source mapping). */
  readonly caller?: Caller
  /** Trace and client identity are not simulated. */
  readonly requestId?: string
}

/** How often and how fast a function ran. */
export interface FunctionStats {
  readonly invocations: number
  readonly errors: number
  readonly timeouts: number
  readonly throttles: number
  readonly coldStarts: number
  /** Sum and maximum of the init phase. */
  readonly initMs: { readonly total: number; readonly max: number }
  readonly durationMs: { readonly total: number; readonly max: number }
  /** Environments alive now. */
  readonly environments: number
}
