/** The query of lists. Apart from what lists hold, which the console reads, too: page tokens are none of its business. */
import { z } from '@hono/zod-openapi'
import { maxNextLength } from '../platform/http/page-key.ts'

/** Which page of a list is asked for; `what` it is a list of. */
export const pageShape = (what: string) => ({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(50)
    .openapi({ description: `${what} a page` }),
  next: z.string().max(maxNextLength).optional().openapi({ description: '`next` of the page before' }),
})
