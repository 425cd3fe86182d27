/** What the API gives of protection, once: these schemas print the OpenAPI document and type the console. */
import { z } from '@hono/zod-openapi'
import { policySchema } from './policy.ts'

/** A policy and whose it is. */
export const protectionSchema = z
  .object({
    contentId: z.string().openapi({ example: 'vod/big-buck-bunny' }),
    policy: policySchema,
    source: z.enum(['own', 'default']).openapi({ description: 'whether it has a policy of its own' }),
  })
  .openapi('Protection')

/** A key as it may be shown: never the key itself. */
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

/** Somebody asked for keys. */
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

/** A page of who asked for them. */
export const askPageSchema = z.object({ asks: z.array(askSchema), next })

/** Which keys are to end. */
export const retirementSchema = z
  .object({
    period: z.number().int().min(0).optional().openapi({
      description: 'ends it only while this period is in force, so that asking twice ends one',
    }),
  })
  .openapi('KeyRetirement')

/** A key as it may be shown. */
export type KeyOfPeriod = z.infer<typeof keySchema>
/** A page of keys as they may be shown. */
export type KeyPage = z.infer<typeof keyPageSchema>
/** A page of who asked for keys, and when. */
export type KeyAskPage = z.infer<typeof askPageSchema>
/** Somebody who asked for keys, and when. */
export type KeyAskAnswer = z.infer<typeof askSchema>
