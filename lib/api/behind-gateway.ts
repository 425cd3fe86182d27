/** Adapts the API to the events of an HTTP API. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda'
import { encodedPath } from '../platform/http/decoded-path.ts'

type HttpApiEvent = Extract<LambdaEvent, { readonly rawPath: string }>

/**
 * Handles events of payload format 2.0. The gateway has decoded their path, but the routes parse it as part of a URL.
 */
export function behindGateway(app: OpenAPIHono) {
  const answer = handle(app)
  return (event: HttpApiEvent, context?: LambdaContext) =>
    answer({ ...event, rawPath: encodedPath(event.rawPath) }, context)
}
