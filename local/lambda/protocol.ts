/** What the cloud and a function's thread say to each other. One invocation runs in a thread at a time. */
import type { FunctionError } from './definition.ts'
import type { LogLevel } from './log-line.ts'

/** Variable that tells Node where compiled code is; no function sees it. */
export const compileCache = 'NODE_COMPILE_CACHE'

/** `workerData` of a thread. */
export interface ThreadSettings {
  readonly codeDir: string
  readonly handler: string
  readonly runtime: string
  readonly name: string
  readonly memoryMb: number
}

export interface InvokeMessage {
  readonly kind: 'invoke'
  readonly requestId: string
  /** JSON text. */
  readonly payload: string
  /** `Date.now()` at which the invocation is ended. */
  readonly deadlineMs: number
  readonly functionArn: string
  readonly functionVersion: string
}

export type ToThread =
  | InvokeMessage
  /** So many bytes of the streamed response were taken by their reader. */
  | { readonly kind: 'taken'; readonly bytes: number }

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-failed'; readonly error: FunctionError }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly requestId?: string; readonly message: string }
  | { readonly kind: 'result'; readonly payload: string }
  /** `ended`: what was streamed so far was ended as if it were all. */
  | { readonly kind: 'failed'; readonly error: FunctionError; readonly ended: boolean }
  /** The streamed response was broken off, of which the environment dies. */
  | { readonly kind: 'broken'; readonly error: FunctionError }
  /** The streamed response begins; sent before the first chunk or, when there is none, before `ended`. */
  | { readonly kind: 'opened'; readonly contentType: string | undefined }
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  /** The streamed response is complete and its handler has returned. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'out-of-memory' }
