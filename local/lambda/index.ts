/** The door of the local Lambda service. */

export type { Deliver, DestinationMessage } from './async-invoker.ts'
export type {
  AsyncConfig,
  FunctionCredentials,
  FunctionDefinition,
  FunctionError,
  FunctionStats,
  Invocation,
  InvokeOptions,
  StreamedInvocation,
} from './definition.ts'
export type { Functions, Lambda, LambdaOptions } from './lambda.ts'
export { createLambda } from './lambda.ts'
export type { LambdaLimits } from './limits.ts'
export type { Log, LogLevel, LogLine } from './log-line.ts'
export { readBody } from './read-body.ts'
