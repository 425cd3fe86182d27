/** The API as the handler of an HTTP API's events. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda'
import { encodedPath } from '../platform/http/decoded-path.ts'

type HttpApiEvent = Extract<LambdaEvent, { readonly rawPath: string }>

/** Answers events of payload 2.0. The gateway has decoded their path; the routes read it as part of a URL. */
export function behindGateway(app: OpenAPIHono) {
  const answer = handle(app)
  return (event: HttpApiEvent, context?: LambdaContext) =>
    answer({ ...event, rawPath: encodedPath(event.rawPath) }, context)
}
