/** An edge function that failed, and what the viewer is told. */

export type EdgeFaultResult =
  | 'FunctionExecutionError'
  | 'FunctionValidationError'
  | 'LambdaExecutionError'
  | 'LambdaValidationError'
  | 'LambdaLimitExceeded'

export class EdgeFault extends Error {
  override readonly name = 'EdgeFault'
  readonly result: EdgeFaultResult

  constructor(result: EdgeFaultResult, message: string) {
    super(message)
    this.result = result
  }

  /** What is not valid is a bad gateway; what did not run, or too long, is unavailable. */
  get status(): number {
    return this.result.endsWith('ValidationError') ? 502 : 503
  }
}
