/** The basis of every resource's routes. */
import { OpenAPIHono } from '@hono/zod-openapi'
import { HeadendError } from '../errors.ts'

/** Shortens request data for error messages: enough to recognise it, and never a body's worth. */
export const clipped = (text: string): string =>
  text.length > maxEchoed ? `${text.slice(0, maxEchoed).toWellFormed()}…` : text

const maxEchoed = 100
const maxIssues = 5

/** A set of routes; a request that does not match its schema becomes REQUEST_INVALID. */
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
