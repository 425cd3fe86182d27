/** Access to the API: requests with an operator's token. */
import type { Context, MiddlewareHandler } from 'hono'
import { HeadendError } from '../../errors.ts'
import { bearerToken, type VerifyToken } from '../../platform/operator/operator-gate.ts'
import type { Operator } from '../../platform/operator/operator-token.ts'

/**
 * Admits requests with `Authorization: Bearer <operator's token>`, and reports them once they are answered. The gateway
 * has checked the token before, but its answers are cached for a minute, and a leaked key must not be valid for so
 * long.
 */
export const bearer =
  (verify: VerifyToken, answered: (operator: Operator, context: Context) => void): MiddlewareHandler =>
  async (context, next) => {
    const token = bearerToken(context.req.header('authorization'))
    if (token === undefined)
      throw new HeadendError('TOKEN_MISSING', 'expected a header Authorization: Bearer <operator token>', {
        status: 401,
      })
    const operator = await verify(token)
    await next()
    answered(operator, context)
  }
