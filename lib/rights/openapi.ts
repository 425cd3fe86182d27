/** What this room's routes of the operator's API have in common with all others there. */
import type { z } from '@hono/zod-openapi'

/** A JSON body in the OpenAPI document. */
export const answer = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { 'application/json': { schema } },
  description,
})

/** How every route refuses: as the API's own schema says. */
export const refusals = {
  default: {
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    description: 'refused: the code says why',
  },
}

/** Security of every route of an operator. */
export const operator = [{ operator: [] }]
