/** The numbers of AWS Lambda that a function can run into (Lambda quotas, "Function configuration, deployment, and execution"). */

const kib = 1024
const mib = 1024 * kib

/** Limits of one cloud; a test may make them smaller. */
export interface LambdaLimits {
  /** Request of a synchronous invocation. */
  readonly requestBytes: number
  /** Request of an asynchronous invocation: 1 MB since October 2025. */
  readonly eventBytes: number
  /** Response of a buffered invocation: 6 MB and 100 bytes, as the error message says. */
  readonly responseBytes: number
  readonly streamedResponseBytes: number
  /** A streamed response runs at full speed this far… */
  readonly streamBurstBytes: number
  /** …and at this pace after it. */
  readonly streamBytesPerSecond: number
  readonly initMs: number
  /** Idle environments are taken down after this long. */
  readonly idleMs: number
  /** Waits before the second and third attempt of an asynchronous event; AWS waits one and two minutes. */
  readonly asyncRetryWaitsMs: readonly number[]
  /**
   * Environments of one function on this machine; further requests wait for a free one. AWS would start
   * up to 1,000, which a laptop cannot.
   */
  readonly environmentsPerFunction: number
  /** Concurrent executions of the account: 1,000, or 10 while it is new. */
  readonly accountConcurrency: number
}

export const defaultLimits: LambdaLimits = {
  requestBytes: 6 * mib,
  eventBytes: mib,
  responseBytes: 6 * mib + 100,
  streamedResponseBytes: 200 * mib,
  streamBurstBytes: 6 * mib,
  streamBytesPerSecond: 2 * mib,
  initMs: 10_000,
  idleMs: 300_000,
  asyncRetryWaitsMs: [1000, 2000],
  environmentsPerFunction: 10,
  accountConcurrency: 1000,
}
