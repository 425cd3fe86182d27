/** The door of the local CloudFront. */

export type {
  Behaviour,
  BehaviourStats,
  Connect,
  Connection,
  DistributionOptions,
  EdgeEventType,
  EdgeLambda,
  ErrorResponse,
  KeyValues,
  Origin,
  ViewerFunction,
} from './config.ts'
export type { Distribution } from './distribution.ts'
export { createDistribution } from './distribution.ts'
export { createInvalidations, type InvalidatedDistribution } from './invalidation/invalidations.ts'
export {
  type CachePolicy,
  type CorsPolicy,
  managedCachePolicy,
  managedOriginRequestPolicy,
  managedResponseHeadersPolicy,
  type OriginRequestPolicy,
  type ResponseHeadersPolicy,
  type Selection,
} from './policies.ts'
export { createFunctionApi } from './viewer-function/function-api.ts'
