/** The door of the local HTTP API. */

export { type Answer, answerOf, responseHeaders } from './answer.ts'
export type { RequestAuthorizer } from './authorizer.ts'
export type { CorsConfiguration } from './cors.ts'
export type { HttpApi, HttpApiOptions, HttpRoute } from './http-api.ts'
export { createHttpApi } from './http-api.ts'
export { payloadEvent } from './payload.ts'
