/** Who may call the API: whoever brings an operator's token. */
import type { Context, MiddlewareHandler } from 'hono'
import { HeadendError } from '../../errors.ts'
import { bearerToken, type VerifyToken } from '../../platform/operator/operator-gate.ts'
import type { Operator } from '../../platform/operator/operator-token.ts'

/**
 * Lets a request through that carries `Authorization: Bearer <operator's token>`, and tells of it once it is answered. The
 * gateway has asked the same before: its answers are kept for a minute, and a key that leaked must not be good for so long.
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
