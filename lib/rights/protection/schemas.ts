/** Protection schemas of the API: the source of the OpenAPI document and of the console's types. */
import { z } from '@hono/zod-openapi'
import { policySchema } from './policy.ts'

/** A policy and whether it is the content's own. */
export const protectionSchema = z
  .object({
    contentId: z.string().openapi({ example: 'vod/big-buck-bunny' }),
    policy: policySchema,
    source: z.enum(['own', 'default']).openapi({ description: 'whether it has a policy of its own' }),
  })
  .openapi('Protection')

/** Public fields of a key: never the key itself. */
const keySchema = z
  .object({
    period: z.number().int(),
    fromMs: z
      .number()
      .openapi({ description: 'where its period begins: media time of a film, epoch of live content' }),
    label: z.string().openapi({ example: 'HD' }),
    kid: z.string().openapi({ description: '32 hex digits' }),
    licensable: z.boolean(),
  })
  .openapi('KeyOfPeriod')

/** The period in force. */
export const periodSchema = z.object({ period: z.number().int(), fromMs: z.number() }).openapi('KeyPeriod')

/** A request for keys. */
const askSchema = z
  .object({
    at: z.string().openapi({ example: '2026-01-31T12:00:00.000Z' }),
    who: z.string(),
    door: z.string(),
    kids: z.array(z.string()).readonly(),
  })
  .openapi('KeyAsk')

const next = z
  .string()
  .optional()
  .openapi({ description: 'pass it as `next` to get the page after this one' })

/** A page of keys. */
export const keyPageSchema = z.object({ keys: z.array(keySchema), next })

/** A page of key requests. */
export const askPageSchema = z.object({ asks: z.array(askSchema), next })

/** The period to retire. */
export const retirementSchema = z
  .object({
    period: z.number().int().min(0).optional().openapi({
      description: 'ends it only while this period is in force, so that asking twice ends one',
    }),
  })
  .openapi('KeyRetirement')

/** Public fields of a key. */
export type KeyOfPeriod = z.infer<typeof keySchema>
/** A page of keys. */
export type KeyPage = z.infer<typeof keyPageSchema>
/** A page of key requests. */
export type KeyAskPage = z.infer<typeof askPageSchema>
/** A request for keys: who and when. */
export type KeyAskAnswer = z.infer<typeof askSchema>
