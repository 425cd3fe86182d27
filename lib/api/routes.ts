/** What the routes of all resources share. */
import { OpenAPIHono } from '@hono/zod-openapi'
import { HeadendError } from '../errors.ts'

/** What of a request a refusal says again: enough to know it by, and never a body's worth. */
export const clipped = (text: string): string =>
  text.length > maxEchoed ? `${text.slice(0, maxEchoed).toWellFormed()}…` : text

const maxEchoed = 100
const maxIssues = 5

/** A set of routes; a request that does not fit its schema becomes REQUEST_INVALID. */
export const routes = (): OpenAPIHono =>
  new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success)
        throw new HeadendError(
          'REQUEST_INVALID',
          result.error.issues
            .slice(0, maxIssues)
            .map(({ path, message }) => `${clipped(path.join('.') || result.target)}: ${clipped(message)}`)
            .join('; '),
        )
    },
  })
