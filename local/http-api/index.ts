/** The door of the local HTTP API. */

export { type Answer, answerOf, responseHeaders } from './answer.ts'
export type { CorsConfiguration } from './cors.ts'
export type { HttpApi, HttpApiOptions, HttpRoute, RouteAuthorizer } from './http-api.ts'
export { createHttpApi } from './http-api.ts'
export { iamAuthorizer } from './iam.ts'
export { payloadEvent, splitTarget } from './payload.ts'
export type { RouteLimit } from './throttle.ts'
